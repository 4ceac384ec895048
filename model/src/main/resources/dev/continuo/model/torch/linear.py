# Linear layers in the precision that was chosen at load, shared by every network.
# p: packed float16 matrices (FBGEMM: float16 weights, float32 activations and sums; a row's result
# depends on that row alone); where p is empty, w holds float32 matrices. b: biases.

# Packs one matrix, given as blocks of rows; without biases they are zero. Returns the number of
# weights that are not finite.
def pack(weights: List[Tensor], biases: List[Tensor], p: List[__torch__.torch.classes.quantized.LinearPackedParamsBase], w: List[Tensor], b: List[Tensor], fp16: bool) -> int:
  full = torch.contiguous(torch.flatten(torch.to(torch.cat(weights, 0), 6), 1, -1))
  bias = torch.to(torch.zeros([torch.size(full, 0)]), full)
  if len(biases) > 0:
    bias = torch.to(torch.cat(biases, 0), 6)
  if fp16:
    _0 = torch.append(p, ops.quantized.linear_prepack_fp16(full, bias))
  else:
    _1 = torch.append(w, torch.clone(full))
    _2 = torch.append(b, torch.clone(bias))
  return __torch__.unsound(full) + __torch__.unsound(bias)

def keep(x: Tensor, to: List[Tensor]) -> int:
  full = torch.clone(torch.to(x, 6))
  _0 = torch.append(to, full)
  return __torch__.unsound(full)

def unsound(x: Tensor) -> int:
  return torch.numel(x) - int(torch.item(torch.sum(torch.isfinite(x))))

def linear(x: Tensor, p: List[__torch__.torch.classes.quantized.LinearPackedParamsBase], w: List[Tensor], b: List[Tensor], i: int) -> Tensor:
  if len(p) > 0:
    y = ops.quantized.linear_dynamic_fp16(x, p[i])
  else:
    y = torch.linear(x, w[i], b[i])
  return y

