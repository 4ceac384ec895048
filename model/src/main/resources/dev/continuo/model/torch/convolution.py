# Convolutions over time, shared by the networks. A signal is (time, channels), the layout that
# oneDNN is fastest in, so what lies before a chunk is put in front of it by one copy. How
# weights are kept and used, reorder and convolve, is in packed.py or, where torch lacks what that
# needs, in unpacked.py.

# A weight in one piece, or as direction v and length g, one length along `dim`.
def fold(parts: List[Tensor], dim: int) -> Tensor:
  w = torch.to(parts[0], 7)
  if len(parts) > 1:
    others = annotate(List[int], [])
    for i in range(torch.dim(w)):
      if i != dim:
        _0 = torch.append(others, i)
    length = torch.sqrt(torch.sum(torch.mul(w, w), others, True))
    w = torch.mul(w, torch.div(torch.to(parts[1], 7), length))
  return torch.contiguous(torch.to(w, 6))

# weight (outputs, inputs / groups, taps); rows: typical length of an output. Returns the number of
# weights that are not finite.
def pack_convolution(weight: Tensor, biases: List[Tensor], stride: int, dilation: int, groups: int, rows: int, c: List[Tensor], cb: List[Tensor]) -> int:
  bias = torch.to(torch.zeros([torch.size(weight, 0)]), weight)
  if len(biases) > 0:
    bias = torch.clone(torch.to(biases[0], 6))
  w = torch.unsqueeze(torch.to(weight, 6), 2)
  bad = __torch__.unsound(w) + __torch__.unsound(bias)
  _0 = torch.append(c, __torch__.reorder(w, stride, dilation, groups, (rows - 1) * stride + (torch.size(w, 3) - 1) * dilation + 1))
  _1 = torch.append(cb, bias)
  return bad

# (time, inputs) -> ((time - (taps - 1) * dilation - 1) / stride + 1, outputs)
def convolution(x: Tensor, weight: Tensor, bias: Tensor, stride: int, dilation: int, groups: int) -> Tensor:
  return __torch__.rows(__torch__.convolve(__torch__.signal(x), weight, bias, stride, dilation, groups))

# (time, channels) as (1, channels, 1, time), and back: the same numbers in the same order. Where many
# convolutions follow each other they stay in the second form: each step between the two is a call.
def signal(x: Tensor) -> Tensor:
  return torch.unsqueeze(torch.unsqueeze(torch.t(x), 0), 2)

def rows(y: Tensor) -> Tensor:
  return torch.contiguous(torch.t(torch.squeeze(torch.squeeze(y, 2), 0)))

# Zeroes the places of a signal outside [0, end), as clip does.
def clip_signal(x: Tensor, start: int, end: int) -> Tensor:
  n = torch.size(x, 3)
  if start < 0:
    _0 = torch.zero_(torch.narrow(x, 3, 0, ops.prim.min(n, -start)))
  if start + n > end:
    kept = ops.prim.max(0, end - start)
    _1 = torch.zero_(torch.narrow(x, 3, kept, n - kept))
  return x

# Zeroes the rows of x whose position start + i is outside [0, end): padding stands at the input of
# each layer, not of the network.
def clip(x: Tensor, start: int, end: int) -> Tensor:
  n = torch.size(x, 0)
  if start < 0:
    _0 = torch.zero_(torch.narrow(x, 0, 0, ops.prim.min(n, -start)))
  if start + n > end:
    kept = ops.prim.max(0, end - start)
    _1 = torch.zero_(torch.narrow(x, 0, kept, n - kept))
  return x

