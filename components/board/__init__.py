"""The board: pictures with heatmaps, blended and coloured in the browser."""
