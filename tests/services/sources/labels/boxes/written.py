"""The same objects on the same pictures, written in every format that is read."""

import json
from pathlib import Path

import numpy as np
from PIL import Image

from services.sample import LabelledBox

NAMES = ("cross", "box")  # in the order of their numbers
WIDTH, HEIGHT = 160, 120
OBJECTS = {
    "a.png": (LabelledBox("box", 60, 2, 17, 17), LabelledBox("cross", 57, 32, 19, 20)),
    "b.png": (),
    "c.png": (LabelledBox("cross", 10, 100, 31, 20),),
}


def pictures(folder, names=OBJECTS, size=(WIDTH, HEIGHT)):
    folder.mkdir(parents=True, exist_ok=True)
    for shade, name in enumerate(names):
        Image.fromarray(np.full((size[1], size[0], 3), 40 * shade, np.uint8)).save(folder / name)
    return folder


def coco(file, objects=OBJECTS, names=NAMES, **more):
    images = [
        {"id": n, "file_name": name, "width": WIDTH, "height": HEIGHT}
        for n, name in enumerate(objects)
    ]
    annotations = [
        {"id": 1, "image_id": n, "category_id": 1 + names.index(box.label),
         "bbox": [box.x, box.y, box.width, box.height]}
        for n, boxes in enumerate(objects.values()) for box in boxes
    ]  # fmt: skip
    categories = [{"id": n, "name": name} for n, name in enumerate(names, 1)]
    value = {"images": images, "annotations": annotations, "categories": categories, **more}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(value))


def yolo_line(box, names=NAMES, width=WIDTH, height=HEIGHT):
    x, y = (box.x + box.width / 2) / width, (box.y + box.height / 2) / height
    sides = f"{box.width / width:.6f} {box.height / height:.6f}"
    return f"{names.index(box.label)} {x:.6f} {y:.6f} {sides}\n"


def yolo(folder, objects=OBJECTS, names=NAMES):
    folder.mkdir(parents=True, exist_ok=True)
    for name, boxes in objects.items():
        text = "".join(yolo_line(box, names) for box in boxes)
        (folder / Path(name).with_suffix(".txt")).write_text(text)


def voc_xml(name, boxes, head=""):
    objects = "".join(
        f"<object><name>{box.label}</name><difficult>0</difficult><bndbox><xmin>{box.x}</xmin>"
        f"<ymin>{box.y}</ymin><xmax>{box.x + box.width}</xmax><ymax>{box.y + box.height}</ymax>"
        "</bndbox></object>"
        for box in boxes
    )
    size = f"<size><width>{WIDTH}</width><height>{HEIGHT}</height><depth>3</depth></size>"
    return f"{head}<annotation><filename>{name}</filename>{size}{objects}</annotation>"


def voc(folder, objects=OBJECTS):
    folder.mkdir(parents=True, exist_ok=True)
    for name, boxes in objects.items():
        text = voc_xml(name, boxes, '<?xml version="1.0" encoding="UTF-8"?>')
        (folder / Path(name).with_suffix(".xml")).write_text(text)


def as_edge_impulse(box):
    return {"label": box.label, "x": box.x, "y": box.y, "width": box.width, "height": box.height}


def info(folder, objects=OBJECTS):
    files = [
        {"path": name, "category": "testing", "label": {"type": "label", "label": name[0]},
         "boundingBoxes": [as_edge_impulse(box) for box in boxes]}
        for name, boxes in objects.items()
    ]  # fmt: skip
    (folder / "info.labels").write_text(json.dumps({"version": 1, "files": files}))


def bounding_boxes(folder, objects=OBJECTS):
    own = {name: [as_edge_impulse(box) for box in boxes] for name, boxes in objects.items()}
    value = {"version": 1, "type": "bounding-box-labels", "boundingBoxes": own}
    (folder / "bounding_boxes.labels").write_text(json.dumps(value))


def table(file, objects=OBJECTS):
    """As Roboflow and TensorFlow write it: corners in pixels."""
    lines = ["filename,width,height,class,xmin,ymin,xmax,ymax"]
    for name, boxes in objects.items():
        for box in boxes:
            corners = f"{box.x},{box.y},{box.x + box.width},{box.y + box.height}"
            lines.append(f"{name},{WIDTH},{HEIGHT},{box.label},{corners}")
        if not boxes:
            lines.append(f"{name},{WIDTH},{HEIGHT},,,,,")
    file.write_text("\n".join(lines))


def open_images(file, objects=OBJECTS):
    """As Open Images writes it: names without endings, corners in shares, x before y."""
    lines = ["ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded"]
    for name, boxes in objects.items():
        for box in boxes:
            x = f"{box.x / WIDTH:.6f},{(box.x + box.width) / WIDTH:.6f}"
            y = f"{box.y / HEIGHT:.6f},{(box.y + box.height) / HEIGHT:.6f}"
            lines.append(f"{Path(name).stem},xclick,{box.label},1,{x},{y},0")
        if not boxes:
            lines.append(f"{Path(name).stem},xclick,,1,,,,,0")
    file.write_text("\n".join(lines))
