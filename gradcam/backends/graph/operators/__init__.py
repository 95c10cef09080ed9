"""What operators compute in real numbers, the same whatever file they come from.

One file a family; each function makes a `Node`. Maps have their channels last, kernels are
(rows, columns, input channels of a group, output channels).
"""
