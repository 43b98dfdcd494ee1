"""What an exercise "by hand" does not accept: whatever convolves, pools or correlates for you."""

READY_MADE = (
    "scipy",
    "tensorflow",
    "tf",
    "keras",
    "torch",
    "cv2",
    "skimage",
    "np.convolve",
    "np.correlate",
    "np.fft",
    "cnncourse.ops",
    "cnncourse.network",
    "LADDER",
    "ops",
    # Detours to any of these, which an answer by hand has no other use for.
    "importlib",
    "__import__",
    "exec",
    "eval",
    "getattr",
    "globals",
    "sys.modules",
    "builtins",
)
