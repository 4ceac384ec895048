# Weights in oneDNN's own layout: others are reordered by every call, which is as much work as a short
# chunk itself. weight (outputs, inputs / groups, 1, taps), z (1, inputs, 1, time).
def reorder(weight: Tensor, stride: int, dilation: int, groups: int, rows: int) -> Tensor:
  size = [1, torch.size(weight, 1) * groups, 1, rows]
  return ops.mkldnn._reorder_convolution_weight(weight, [0, 0], [1, stride], [1, dilation], groups, size)

def convolve(z: Tensor, weight: Tensor, bias: Tensor, stride: int, dilation: int, groups: int) -> Tensor:
  return ops.mkldnn._convolution_pointwise(z, weight, bias, [0, 0], [1, stride], [1, dilation], groups, "none", [], None)

