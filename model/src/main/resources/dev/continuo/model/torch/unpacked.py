# Weights as they are. weight (outputs, inputs / groups, 1, taps), z (1, inputs, 1, time).
def reorder(weight: Tensor, stride: int, dilation: int, groups: int, rows: int) -> Tensor:
  return torch.contiguous(weight)

def convolve(z: Tensor, weight: Tensor, bias: Tensor, stride: int, dilation: int, groups: int) -> Tensor:
  return torch.conv2d(z, weight, bias, [1, stride], [0, 0], [1, dilation], groups)


# Attention of each kv head of one row: q (V, G * T, D), k (V, D, n), v (V, n, D), bias (1 or V, G * T, n)
# -> y (V, G, T, D).
def attend_heads(q: Tensor, k: Tensor, v: Tensor, bias: Tensor, y: Tensor) -> int:
  s = torch.to(torch.softmax(torch.add(torch.bmm(q, k), bias), -1), q)
  _0 = torch.copy_(y, torch.view(torch.bmm(s, v), torch.size(y)))
  return 0
