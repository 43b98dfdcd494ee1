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
    "np.polymul",
    "np.polydiv",
    "np.poly1d",
    "np.polynomial",
    "ImageFilter",
    "PIL.ImageFilter",
    "cnncourse.ops",
    "cnncourse.network",
    "LADDER",
    "ops",
)
