"""Kinds of operations that several readers of a recording have to tell apart, in Keras' words."""

from __future__ import annotations

# Augmentation, which is idle at prediction.
AUGMENTING = frozenset({
    "RandomHeight", "RandomWidth", "RandomFlip", "RandomRotation", "RandomZoom",
    "RandomTranslation", "RandomContrast", "RandomBrightness", "RandomColorDegeneration",
    "RandomColorJitter", "RandomElasticTransform", "RandomErasing", "RandomGaussianBlur",
    "RandomGrayscale", "RandomHue", "RandomInvert", "RandomPerspective", "RandomPosterization",
    "RandomSaturation", "RandomSharpness", "RandomShear", "RandAugment", "AugMix", "CutMix",
    "MixUp",
})  # fmt: skip

# What does nothing at prediction, or only rounds.
IDLE = AUGMENTING | {
    "InputLayer", "Identity", "Dropout", "SpatialDropout1D", "SpatialDropout2D", "AlphaDropout",
    "GaussianDropout", "GaussianNoise", "ActivityRegularization", "StochasticDepth",
    "StopGradient", "Cast", "Quantize",
}  # fmt: skip

# One number for each number.
CURVES = frozenset({
    "ReLU", "LeakyReLU", "PReLU", "ELU", "ThresholdedReLU", "Relu", "Relu6", "LeakyRelu", "Elu",
    "Selu", "Sigmoid", "LogSigmoid", "Silu", "HardSigmoid", "HardSilu", "HardTanh", "Tanh", "Gelu",
    "Softplus", "Softsign", "Sqrt", "Rsqrt", "Square", "Exp", "Expm1", "Log", "Log1p", "Negative",
    "Absolute", "Abs", "Sign", "Floor", "Ceil", "Round", "Reciprocal", "Erf", "Clip", "LayerScale",
    "Sin", "Cos",
})  # fmt: skip

# One number for each pair, or more, of numbers in the same place.
ARITHMETIC = frozenset({
    "Add", "Subtract", "Multiply", "Maximum", "Minimum", "TrueDivide", "Divide", "DivideNoNan",
    "FloorDivide", "Mod", "Power", "SquaredDifference", "Greater", "GreaterEqual", "Less",
    "LessEqual", "Equal", "NotEqual", "LogicalAnd", "LogicalOr", "Where",
})  # fmt: skip

# What they give at a place depends on that place alone.
CELL_BY_CELL = IDLE | CURVES | ARITHMETIC | {
    "Activation", "BatchNormalization", "Rescaling", "Normalization", "Masking", "Average",
}  # fmt: skip

# The same where their axis is that of the channels.
ALONG_AN_AXIS = frozenset({
    "Softmax", "LogSoftmax", "LayerNormalization", "RMSNormalization", "UnitNormalization",
})  # fmt: skip
# The first input asks, place by place, and what it gets may come from anywhere.
ATTENDING = frozenset({
    "Attention", "AdditiveAttention", "MultiHeadAttention", "GroupedQueryAttention",
})  # fmt: skip
RECURRENT = frozenset({"LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional"})
# What only asks how many pictures there are: a class token for each.
COUNTING = frozenset({"BroadcastTo"})
