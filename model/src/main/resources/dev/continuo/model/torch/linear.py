# Linear layers, shared by every network. Three ways, chosen when a matrix is packed:
#   0  float32 (torch.linear): where there are no kernels for float16 matrices
#   1  float16 weights, float32 activations and sums (FBGEMM)
#   2  float32 to 22 bits, by the same kernels: a second float16 matrix holds what rounding to the
#      first one left, times 2048; none is needed where the first one is exact
# In 1 and 2 a row of the result depends on that row alone, to the bit, however many rows there are.
# p: first matrices, q: second ones by index, w and b: float32 matrices and biases of way 0.

# Packs one matrix, given as blocks of rows; without biases they are zero. Returns the number of
# weights that are not finite or too large.
def pack(weights: List[Tensor], biases: List[Tensor], p: List[__torch__.torch.classes.quantized.LinearPackedParamsBase], q: Dict[int, __torch__.torch.classes.quantized.LinearPackedParamsBase], w: List[Tensor], b: List[Tensor], way: int) -> int:
  full = torch.contiguous(torch.flatten(torch.to(torch.cat(weights, 0), 6), 1, -1))
  bias = torch.to(torch.zeros([torch.size(full, 0)]), full)
  if len(biases) > 0:
    bias = torch.to(torch.cat(biases, 0), 6)
  bad = __torch__.unsound(full) + __torch__.unsound(bias)
  if way == 0:
    _0 = torch.append(w, torch.clone(full))
    _1 = torch.append(b, torch.clone(bias))
  else:
    rest = torch.mul(torch.sub(full, torch.to(torch.to(full, 5), 6)), 2048.0)
    if way == 2 and bad == 0 and int(torch.item(torch.count_nonzero(rest))) > 0:
      bad = __torch__.unsound(rest)
      q[len(p)] = ops.quantized.linear_prepack_fp16(rest, torch.zeros([torch.size(full, 0)]))
    _2 = torch.append(p, ops.quantized.linear_prepack_fp16(full, bias))
  return bad

def keep(x: Tensor, to: List[Tensor]) -> int:
  full = torch.clone(torch.to(x, 6))
  _0 = torch.append(to, full)
  return __torch__.unsound(full)

def unsound(x: Tensor) -> int:
  return torch.numel(x) - int(torch.item(torch.sum(torch.isfinite(x))))

def linear(x: Tensor, p: List[__torch__.torch.classes.quantized.LinearPackedParamsBase], q: Dict[int, __torch__.torch.classes.quantized.LinearPackedParamsBase], w: List[Tensor], b: List[Tensor], i: int) -> Tensor:
  if len(p) > 0:
    y = ops.quantized.linear_dynamic_fp16(x, p[i])
    if i in q:
      y = torch.add_(y, ops.quantized.linear_dynamic_fp16(x, q[i]), alpha=0.00048828125)
  else:
    y = torch.linear(x, w[i], b[i])
  return y

