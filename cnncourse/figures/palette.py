"""Colours that stay apart for colour-blind readers (Okabe and Ito 2008, Color universal design)."""

BLUE = "#0072B2"
ORANGE = "#E69F00"
GREEN = "#009E73"
VERMILION = "#D55E00"
PURPLE = "#CC79A7"
SKY = "#56B4E9"
YELLOW = "#F0E442"
INK = "#1f2933"  # text on the white card that every picture stands on
GRID = "#9aa5b1"
CARD = "#ffffff"
