"""nbgrader's settings for this course folder; the grades themselves come from `cnncourse grade`."""

c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "cnncourse"
# The gradebook holds the messages of `cnncourse grade`; running student code from the formgrader
# (`nbgrader autograde`) would do it outside the boundary that docs/grading.md describes.
c.Execute.timeout = 60
c.CsvExportPlugin.to = "grades.csv"
