"""Readers of boxes that people drew: COCO, YOLO, Pascal VOC, Edge Impulse; a file a format."""
