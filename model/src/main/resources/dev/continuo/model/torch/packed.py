# Weights in oneDNN's own layout: others are reordered by every call, which is as much work as a short
# chunk itself. weight (outputs, inputs / groups, 1, taps), z (1, inputs, 1, time).
def reorder(weight: Tensor, stride: int, dilation: int, groups: int, rows: int) -> Tensor:
  size = [1, torch.size(weight, 1) * groups, 1, rows]
  return ops.mkldnn._reorder_convolution_weight(weight, [0, 0], [1, stride], [1, dilation], groups, size)

def convolve(z: Tensor, weight: Tensor, bias: Tensor, stride: int, dilation: int, groups: int) -> Tensor:
  return ops.mkldnn._convolution_pointwise(z, weight, bias, [0, 0], [1, stride], [1, dilation], groups, "none", [], None)


# Attention of each kv head of one row: q (V, G * T, D), k (V, D, n), v (V, n, D), bias (1 or V, G * T, n)
# -> y (V, G, T, D). oneDNN's products are faster here than a batch of others, and what one head needs
# stays in a cache.
def attend_heads(q: Tensor, k: Tensor, v: Tensor, bias: Tensor, y: Tensor) -> int:
  if ops.prim.dtype(q) != 6:
    s = torch.to(torch.softmax(torch.add(torch.bmm(q, k), bias), -1), q)
    _0 = torch.copy_(y, torch.view(torch.bmm(s, v), torch.size(y)))
  else:
    for h in range(torch.size(q, 0)):
      b = torch.select(bias, 0, h % torch.size(bias, 0))
      s = ops.mkldnn._linear_pointwise(torch.select(q, 0, h), b, torch.t(torch.select(k, 0, h)), None, "add")
      o = ops.mkldnn._linear_pointwise(torch.softmax(s, -1), torch.t(torch.select(v, 0, h)), None, "none", annotate(List[Optional[number]], []), "")
      t = torch.select(y, 0, h)
      _1 = torch.copy_(t, torch.view(o, torch.size(t)))
  return 0
