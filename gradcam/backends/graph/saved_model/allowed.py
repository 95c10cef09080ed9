"""Which of TensorFlow's operators are run: those that compute numbers from numbers, no others.

Whatever is not here is refused by its name: operators that touch files or the network, that keep a
state, draw random numbers, call programs or choose what to run.
"""

from __future__ import annotations

# What becomes of numbers one by one, by Keras' words.
CURVE_KINDS = {
    "Relu": "ReLU", "Relu6": "ReLU", "LeakyRelu": "LeakyReLU", "Elu": "ELU", "Selu": "Selu",
    "Sigmoid": "Sigmoid", "Tanh": "Tanh", "Softplus": "Softplus", "Softsign": "Softsign",
    "Softmax": "Softmax", "LogSoftmax": "LogSoftmax", "Erf": "Erf", "Erfc": "Erf",
    "Exp": "Exp",
    "Expm1": "Expm1", "Log": "Log", "Log1p": "Log1p", "Sqrt": "Sqrt", "Rsqrt": "Rsqrt",
    "Square": "Square", "Neg": "Negative", "Abs": "Absolute", "Sign": "Sign", "Floor": "Floor",
    "Ceil": "Ceil", "Round": "Round", "Rint": "Round", "Reciprocal": "Reciprocal",
    "Inv": "Reciprocal", "Sin": "Sin", "Cos": "Cos", "Atan": "Arctan",
    "ClipByValue": "Clip", "Cast": "Cast",
    "StopGradient": "StopGradient", "FakeQuantWithMinMaxArgs": "Identity",
    "FakeQuantWithMinMaxVars": "Identity", "FakeQuantWithMinMaxVarsPerChannel": "Identity",
}  # fmt: skip

ARITHMETIC_KINDS = {
    "Add": "Add", "AddV2": "Add", "AddN": "Add", "Sub": "Subtract", "Mul": "Multiply",
    "RealDiv": "TrueDivide", "Div": "TrueDivide", "DivNoNan": "DivideNoNan",
    "FloorDiv": "FloorDivide", "FloorMod": "Mod", "Maximum": "Maximum", "Minimum": "Minimum",
    "Pow": "Power", "SquaredDifference": "SquaredDifference", "Greater": "Greater",
    "GreaterEqual": "GreaterEqual", "Less": "Less", "LessEqual": "LessEqual", "Equal": "Equal",
    "NotEqual": "NotEqual", "LogicalAnd": "LogicalAnd", "LogicalOr": "LogicalOr",
    "LogicalNot": "LogicalNot", "Select": "Where", "SelectV2": "Where",
}  # fmt: skip

REDUCTION_KINDS = {"Mean": "Mean", "Max": "Max", "Min": "Min", "Sum": "Sum", "Prod": "Prod",
                   "All": "All", "Any": "Any"}  # fmt: skip

BATCH_NORMALISATIONS = frozenset({"FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3"})
MULTIPLICATIONS = frozenset({"MatMul", "BatchMatMul", "BatchMatMulV2"})
CONVOLUTIONS = frozenset({"Conv2D", "DepthwiseConv2dNative", "Conv2DBackpropInput"})
POOLING_KINDS = {"MaxPool": "MaxPooling2D", "AvgPool": "AveragePooling2D"}
PADDINGS = frozenset({"Pad", "PadV2", "MirrorPad"})
RESIZING_WAYS = {"ResizeBilinear": "bilinear", "ResizeNearestNeighbor": "nearest",
                 "ResizeBicubic": "bicubic", "ResizeArea": "area"}  # fmt: skip

# What moves numbers about, or tells their shape.
MOVING_KINDS = {
    "Reshape": "Reshape", "Squeeze": "Squeeze", "ExpandDims": "ExpandDims",
    "Transpose": "Transpose", "Concat": "Concatenate", "ConcatV2": "Concatenate",
    "Pack": "Stack", "Unpack": "Unstack", "Split": "Split", "SplitV": "Split",
    "StridedSlice": "GetItem", "Slice": "GetItem", "Gather": "Take", "GatherV2": "Take",
    "GatherNd": "GatherNd", "Tile": "Tile", "BroadcastTo": "BroadcastTo", "ReverseV2": "Flip",
    "SpaceToDepth": "SpaceToDepth", "DepthToSpace": "DepthToSpace",
    "SpaceToBatchND": "SpaceToBatchND", "BatchToSpaceND": "BatchToSpaceND",
    "Shape": "ShapeOf", "Size": "ShapeOf", "Rank": "ShapeOf", "Fill": "Fill", "Range": "Range",
    "ZerosLike": "ZerosLike", "OnesLike": "OnesLike", "BroadcastArgs": "BroadcastArgs",
}  # fmt: skip

OTHER_KINDS = {
    "Einsum": "Einsum", "LRN": "LRN", "ArgMax": "ArgMax", "ArgMin": "ArgMin",
    "TopKV2": "TopK", "OneHot": "OneHot", "Cumsum": "Cumsum", "L2Loss": "L2Loss",
    "MatrixBandPart": "MatrixBandPart",
}  # fmt: skip

# What hands on what it gets; it is left out.
PASSING_OPERATORS = frozenset({
    "Identity", "IdentityN", "Snapshot", "PreventGradient", "EnsureShape", "ReadVariableOp",
})  # fmt: skip
CALLING_OPERATORS = frozenset({"PartitionedCall", "StatefulPartitionedCall"})
VARIABLES = frozenset({"VarHandleOp", "VariableV2", "Variable"})
PLACEHOLDERS = frozenset({"Placeholder", "PlaceholderV2", "PlaceholderWithDefault"})

KINDS = {
    **CURVE_KINDS, **ARITHMETIC_KINDS, **REDUCTION_KINDS, **POOLING_KINDS, **MOVING_KINDS,
    **OTHER_KINDS,
    **dict.fromkeys(BATCH_NORMALISATIONS, "BatchNormalization"),
    **dict.fromkeys(MULTIPLICATIONS, "Matmul"),
    **dict.fromkeys(PADDINGS, "Pad"),
    **dict.fromkeys(RESIZING_WAYS, "Resize"),
    "Conv2D": "Conv2D", "DepthwiseConv2dNative": "DepthwiseConv2D",
    "Conv2DBackpropInput": "Conv2DTranspose", "BiasAdd": "Add", "BiasAddV1": "Add",
}  # fmt: skip

ALLOWED = KINDS.keys() | {"Const"} | VARIABLES | PLACEHOLDERS
