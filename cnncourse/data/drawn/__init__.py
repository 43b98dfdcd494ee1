"""Cats, dogs and other animals and things, drawn by program: no download, no photographs.

``draw_images(("cat", "dog"), 1000, size=96, seed=1)``. Every picture has its own breed, pose,
scale, coat, light, background, framing, and now and then something in front.
"""

from cnncourse.data.drawn.many import KINDS, draw_image, draw_images

__all__ = ["KINDS", "draw_image", "draw_images"]
