"""Kinds of operations that several readers of a recording have to tell apart, in Keras' words."""

from __future__ import annotations

# What they give at a place depends on that place alone.
CELL_BY_CELL = frozenset({
    "Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "BatchNormalization", "Rescaling",
    "Normalization", "GaussianNoise", "GaussianDropout", "AlphaDropout", "Dropout",
    "SpatialDropout1D", "SpatialDropout2D", "ActivityRegularization", "Identity", "Masking", "Add",
    "Subtract", "Multiply", "Average", "Maximum", "Minimum", "TrueDivide", "Divide", "Power",
    "Sqrt", "Rsqrt", "Square", "Exp", "Log", "Negative", "Absolute", "Abs", "Clip", "Cast",
    "StopGradient", "Relu", "Relu6", "Sigmoid", "Silu", "HardSigmoid", "HardSilu", "HardTanh",
    "Tanh", "Gelu", "Elu", "Selu", "LeakyRelu", "Softplus", "Softsign",
})  # fmt: skip
# Augmentation, which is idle at prediction.
AUGMENTING = frozenset({
    "RandomFlip", "RandomRotation", "RandomZoom", "RandomTranslation", "RandomContrast",
    "RandomBrightness",
})  # fmt: skip
# The same where their axis is that of the channels.
ALONG_AN_AXIS = frozenset({
    "Softmax", "LogSoftmax", "LayerNormalization", "RMSNormalization", "UnitNormalization",
})  # fmt: skip
# The first input asks, place by place, and what it gets may come from anywhere.
ATTENDING = frozenset({
    "Attention", "AdditiveAttention", "MultiHeadAttention", "GroupedQueryAttention",
})  # fmt: skip
RECURRENT = frozenset({"LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional"})
