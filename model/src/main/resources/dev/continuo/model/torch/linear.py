# Linear layers, shared by every network. Ways of arithmetic, chosen when a matrix is packed:
#   0  float32 (torch.linear): where there are no kernels for float16 matrices
#   1  float16 weights, float32 activations and sums (FBGEMM)
#   2  float32 to 22 bits, by the same kernels: a second float16 matrix holds what rounding to the
#      first one left, times 2048; none is needed where the first one is exact
#   127, 63  int8 weights with a scale a row of the matrix, and activations in as many steps on either
#      side of zero, scaled by the largest of their own row; integer sums (FBGEMM). Where there are
#      more inputs than outputs, activations are taken in two parts: what lies behind a
#      feed-forward's product has outliers, and its weights are read once for both
#   -1, -2  all in float16 or bfloat16, without packing: the way of GPUs
# In those above 0 a row of the result depends on that row alone, to the bit, however many rows there are.
# p: first matrices; q: second ones by index; w and b: matrices and biases that are not packed,
# otherwise constants of activations, and the bias of each int8 matrix, (outputs) or (1, outputs) of
# zeros where there is none (empty for those in float16).

# Packs one matrix, given as blocks of rows; without biases they are zero. Returns the number of
# weights that are not finite or too large.
def pack(weights: List[Tensor], biases: List[Tensor], p: List[__torch__.torch.classes.quantized.LinearPackedParamsBase], q: Dict[int, __torch__.torch.classes.quantized.LinearPackedParamsBase], w: List[Tensor], b: List[Tensor], way: int) -> int:
  full = weights[0]
  if len(weights) > 1:
    full = torch.cat(weights, 0)
  full = torch.contiguous(torch.flatten(torch.to(full, 6), 1, -1))
  bias = torch.new_zeros(full, [torch.size(full, 0)])
  if len(biases) > 0:
    bias = torch.to(torch.cat(biases, 0), 6)
  most = 3.4028234663852886e+38
  if way == 1 or way == 2 or way == -1:
    most = 65504.0
  bad = __torch__.beyond(full, most) + __torch__.unsound(bias)
  if way < 1:
    type = 6
    if way == -1:
      type = 5
    elif way == -2:
      type = 15
    _0 = torch.append(w, torch.clone(torch.to(full, type)))
    _1 = torch.append(b, torch.clone(torch.to(bias, type)))
  elif way > 2:
    if len(w) == 0:
      _2 = torch.append(w, torch.full([], 1.0, dtype=6))
      _3 = torch.append(w, torch.full([], way + 1, dtype=3))
      _8 = torch.append(w, torch.full([], 1.0 / float(way), dtype=6))
    if len(biases) == 0:
      bias = torch.unsqueeze(bias, 0)
    scale = torch.clamp_min(torch.div(torch.amax(torch.abs(full), [1]), 127.0), 1e-30)
    rows = torch.quantize_per_channel(full, torch.to(scale, 7), torch.zeros([torch.size(full, 0)], dtype=4), 0, 12)
    _4 = torch.append(p, ops.quantized.linear_prepack(rows, None))
    _5 = torch.append(b, torch.clone(bias))
  else:
    if way == 2 and bad == 0:
      rest = torch.to(torch.to(full, 5), 6)
      rest = torch.mul_(torch.sub_(rest, full), -2048.0)
      if int(torch.item(torch.count_nonzero(rest))) > 0:
        q[len(p)] = ops.quantized.linear_prepack_fp16(rest, None)
    if bad == 0 and len(biases) > 0:
      _6 = torch.append(p, ops.quantized.linear_prepack_fp16(full, bias))
    elif bad == 0:
      _9 = torch.append(p, ops.quantized.linear_prepack_fp16(full, None))
    _7 = torch.append(b, torch.empty([0]))
  return bad

def keep(x: Tensor, to: List[Tensor]) -> int:
  full = torch.clone(torch.to(x, 6))
  _0 = torch.append(to, full)
  return __torch__.unsound(full)

def unsound(x: Tensor) -> int:
  return __torch__.beyond(x, 3.4028234663852886e+38)

# Number of values that are not in [-most, most]; where there are none, one pass without a copy.
def beyond(x: Tensor, most: float) -> int:
  n = 0
  if torch.numel(x) > 0:
    least, largest = torch.aminmax(x)
    if not (float(torch.item(least)) >= -most and float(torch.item(largest)) <= most):
      n = torch.numel(x) - int(torch.item(torch.count_nonzero(torch.le(torch.abs(x), most))))
  return n

# The largest absolute value of each row; the norm in one pass is the faster for few.
def largest(x: Tensor) -> Tensor:
  if torch.numel(x) < 2048:
    y = torch.linalg_vector_norm(x, inf, [-1], True)
  else:
    y = torch.amax(torch.abs(x), [-1], True)
  return torch.clamp_min_(y, 1e-30)

# x * matrix (N, outputs), to be multiplied with (N, 1); constants: one, the zero point, one over the
# number of steps
def linear_int8(x: Tensor, p: __torch__.torch.classes.quantized.LinearPackedParamsBase, constants: List[Tensor], outputs: int) -> Tuple[Tensor, Tensor]:
  scale = __torch__.largest(x)
  N = torch.size(x, 0)
  if torch.size(x, 1) > outputs:
    scale = torch.mul_(scale, constants[2])
    both = torch.empty_like(torch.expand(x, [2, N, -1]), memory_format=0)
    whole, rest = torch.unbind(both)
    _0 = torch.div(x, scale, out=whole)
    _1 = torch.round(whole, out=rest)
    _2 = torch.mul_(torch.sub(whole, rest, out=rest), 126.0)
    y = ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32(torch.view(both, [2 * N, -1]), constants[0], constants[1], p)
    y, part = torch.chunk(y, 2)
    y = torch.add_(y, part, alpha=0.0079365079365079361)
  else:
    y = ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32(torch.div(x, scale), constants[2], constants[1], p)
  return (y, scale)

def linear(x: Tensor, p: List[__torch__.torch.classes.quantized.LinearPackedParamsBase], q: Dict[int, __torch__.torch.classes.quantized.LinearPackedParamsBase], w: List[Tensor], b: List[Tensor], i: int) -> Tensor:
  if len(p) == 0:
    y = torch.linear(torch.to(x, w[i]), w[i], b[i])
  elif torch.numel(b[i]) > 0:
    y, scale = __torch__.linear_int8(x, p[i], w, torch.size(b[i], -1))
    if torch.dim(b[i]) == 2:
      y = torch.mul_(y, scale)
    else:
      y = torch.addcmul(b[i], y, scale)
  else:
    y = ops.quantized.linear_dynamic_fp16(x, p[i])
    if i in q:
      y = torch.add_(y, ops.quantized.linear_dynamic_fp16(x, q[i]), alpha=0.00048828125)
  return y

# r (N, outputs) + linear(x)
def linear_add(r: Tensor, x: Tensor, p: List[__torch__.torch.classes.quantized.LinearPackedParamsBase], q: Dict[int, __torch__.torch.classes.quantized.LinearPackedParamsBase], w: List[Tensor], b: List[Tensor], i: int) -> Tensor:
  if len(p) > 0 and torch.dim(b[i]) == 2:
    y, scale = __torch__.linear_int8(x, p[i], w, torch.size(r, 1))
    y = torch.addcmul(r, y, scale)
  else:
    y = torch.add(r, __torch__.linear(x, p, q, w, b, i))
  return y

