# Weights as they are. weight (outputs, inputs / groups, 1, taps), z (1, inputs, 1, time).
def reorder(weight: Tensor, stride: int, dilation: int, groups: int, rows: int) -> Tensor:
  return torch.contiguous(weight)

def convolve(z: Tensor, weight: Tensor, bias: Tensor, stride: int, dilation: int, groups: int) -> Tensor:
  return torch.conv2d(z, weight, bias, [1, stride], [0, 0], [1, dilation], groups)

