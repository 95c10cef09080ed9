"""Writes `.pt2` as torch.export does (schema 8.20, archive version 0), without torch."""

import json
import zipfile

import numpy as np

DTYPES = {"float16": 6, "float32": 7, "int64": 5, "bool": 12, "bfloat16": 13}
SYMBOL = "Symbol('s77', positive=True, integer=True)"
BATCH = {"as_expr": {"expr_str": SYMBOL, "hint": {"as_int": 2}}}


class Name(str):
    """A tensor of the program, by its name."""

    __slots__ = ()


class Size(str):
    """A size that a run decides, by its name."""

    __slots__ = ()


class Exported:
    """A program that is being written down.

    Attributes:
        nodes, tensors, inputs, outputs: the parts of `models/model.json`.
        config, constants: what will be said of each weight.
        files: the bytes of each weight.
        torch, schema: who wrote it, and how.
    """

    def __init__(self, *sides, rows=None, dtype="float32"):
        """Begin with pictures (any number or `rows`, *sides)."""
        self.nodes, self.tensors, self.inputs, self.outputs = [], {}, [], []
        self.config, self.constants, self.files = {}, {}, {}
        self.torch, self.schema = "2.14.1+cu130", 8
        self.picture = self.input("x", *sides, rows=rows, dtype=dtype)

    def input(self, name, *sides, rows=None, dtype="float32"):
        sizes = [BATCH if rows is None else {"as_int": rows}, *({"as_int": side} for side in sides)]
        self.tensors[name] = _meta(dtype, sizes)
        self.inputs.append({"user_input": {"arg": {"as_tensor": {"name": name}}}})
        return Name(name)

    def weight(self, key, array, *, dtype=None, kind="parameter"):
        """A parameter, a buffer or a tensor_constant; bfloat16 by its upper halves."""
        array = np.asarray(array)
        name, dtype = f"{kind[0]}_{key.replace('.', '_')}", dtype or str(array.dtype)
        own = self.constants if kind == "tensor_constant" else self.config
        path = f"{'tensor' if kind == 'tensor_constant' else 'weight'}_{len(own)}"
        folder = "constants" if kind == "tensor_constant" else "weights"
        strides = np.cumprod([1, *array.shape[:0:-1]])[::-1] if array.ndim else []
        meta = _meta(dtype, [{"as_int": size} for size in array.shape])
        meta["strides"] = [{"as_int": int(step)} for step in strides]
        own[key] = {"path_name": path, "is_param": kind == "parameter", "use_pickle": False,
                    "tensor_meta": meta}  # fmt: skip
        self.files[f"data/{folder}/{path}"] = array.tobytes()
        self.tensors[name] = meta
        self.inputs.append({kind: {"arg": {"name": name}, f"{kind}_name": key}})
        return Name(name)

    def call(self, operator, /, *, module="", turn=0, several=1, **arguments):
        """An operator of aten at work for a module; gives its name, or names."""
        number = len(self.nodes)
        short = operator.split(".")[0]
        if short == "sym_size":
            own = Size(f"{short}_{number}")
            outputs = [{"as_sym_int": {"as_name": own}}]
        else:
            names = [Name(f"{short}_{number}_{place}") for place in range(several)]
            own = tuple(names) if several > 1 else names[0]
            made = [{"name": name} for name in names]
            outputs = [{"as_tensors": made}] if several > 1 else [{"as_tensor": made[0]}]
        self._node(f"torch.ops.aten.{operator}", outputs, module, turn, arguments)
        return own

    def size(self, operator, a, b):
        """A size reckoned from others: `mul`, `floordiv`, …"""
        name = Size(f"{operator}_{len(self.nodes)}")
        outputs = [{"as_sym_int": {"as_name": name}}]
        self._node(f"_operator.{operator}", outputs, "", 0, {"a": a, "b": b})
        return name

    def give(self, name):
        self.outputs.append({"user_output": {"arg": {"as_tensor": {"name": name}}}})

    @property
    def written(self):
        return {
            "graph_module": {
                "graph": {"inputs": [], "outputs": [], "nodes": self.nodes,
                          "tensor_values": self.tensors},
                "signature": {"input_specs": self.inputs, "output_specs": self.outputs},
            },
            "opset_version": {"aten": 10},
            "schema_version": {"major": self.schema, "minor": 20},
            "torch_version": self.torch,
        }  # fmt: skip

    def write(self, path, folder="net"):
        """The archive at a path, everything in a folder of this name."""
        members = {
            "models/model.json": json.dumps(self.written),
            "data/weights/model_weights_config.json": json.dumps({"config": self.config}),
            "data/constants/model_constants_config.json": json.dumps({"config": self.constants}),
            "archive_format": "pt2",
            "archive_version": "0",
            "byteorder": "little",
            **self.files,
        }
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in members.items():
                archive.writestr(f"{folder}/{name}", content)
        return path

    def _node(self, target, outputs, module, turn, arguments):
        parts = module.split(".") if module else []
        paths = [".".join(parts[: end + 1]) for end in range(len(parts))]
        stack = ["L__self__,,__main__.Net", *(f"L__self__{path},{path},nn.M" for path in paths)]
        if turn:
            stack[-1] = stack[-1].replace(",", f"@{turn},", 1)
        inputs = [{"name": key, "arg": _argument(own), "kind": 1} for key, own in arguments.items()]
        metadata = {"nn_module_stack": ";".join(stack),
                    "stack_trace": 'File "/home/author/secret/net.py", line 1'}  # fmt: skip
        self.nodes.append({"target": target, "inputs": inputs, "outputs": outputs,
                           "metadata": metadata, "name": ""})  # fmt: skip


def _meta(dtype, sizes):
    return {"dtype": DTYPES[dtype], "sizes": sizes, "requires_grad": False,
            "device": {"type": "cpu", "index": None}, "strides": [],
            "storage_offset": {"as_int": 0}, "layout": 7}  # fmt: skip


def _argument(own):
    if own is None:
        return {"as_none": True}
    if isinstance(own, Name):
        return {"as_tensor": {"name": own}}
    if isinstance(own, Size):
        return {"as_sym_int": {"as_name": own}}
    if isinstance(own, str):
        return {"as_string": own}
    if isinstance(own, list | tuple):
        if all(isinstance(each, Name) for each in own) and own:
            return {"as_tensors": [{"name": each} for each in own]}
        if any(isinstance(each, Size) for each in own):
            return {"as_sym_ints": [{"as_name": each} if isinstance(each, Size)
                                    else {"as_int": each} for each in own]}  # fmt: skip
        return {"as_ints": list(own)}
    kind = {bool: "as_bool", int: "as_int", float: "as_float"}[type(own)]
    return {kind: own}


def small_network(weights):
    """The small network of all back ends, channels last outside."""
    net = Exported(12, 16, 3)  # its rows first, turned inside
    own = {}
    for path, (kernel, bias) in weights.items():
        axes = (3, 2, 0, 1) if kernel.ndim == 4 else (1, 0)
        own[path] = (net.weight(f"{path}.weight", np.ascontiguousarray(kernel.transpose(axes))),
                     net.weight(f"{path}.bias", bias))  # fmt: skip
    x = net.call("permute.default", self=net.picture, dims=[0, 3, 1, 2])
    x = net.call("conv2d.default", module="first", input=x, weight=own["first"][0],
                 bias=own["first"][1])  # fmt: skip
    x = net.call("relu.default", module="first", self=x)
    x = net.call("max_pool2d.default", module="pool", self=x, kernel_size=[2, 2], stride=[2, 2])
    x = net.call("conv2d.default", module="last", input=x, weight=own["last"][0],
                 bias=own["last"][1])  # fmt: skip
    x = net.call("relu_.default", module="relu", self=x)
    x = net.call("permute.default", self=x, dims=[0, 2, 3, 1])
    x = net.call("flatten.using_ints", self=x, start_dim=1)
    x = net.call("linear.default", module="y_pred", input=x, weight=own["y_pred"][0],
                 bias=own["y_pred"][1])  # fmt: skip
    net.give(net.call("softmax.int", module="softmax", self=x, dim=-1))
    return net
