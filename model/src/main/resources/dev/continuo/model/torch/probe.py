class Probe(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # Fails where this processor has no kernels for matrices of float16.
  def half(self: __torch__.Probe) -> Tensor:
    p = ops.quantized.linear_prepack_fp16(torch.ones([8, 8]), torch.zeros([8]))
    return ops.quantized.linear_dynamic_fp16(torch.ones([1, 8]), p)

  # Fails where there are no kernels for matrices of int8; is wrong where sums of products of activations
  # in so many steps on either side of zero overflow.
  def bytes(self: __torch__.Probe, steps: int) -> Tensor:
    scales = torch.full([8], 1.0 / 127.0, dtype=7)
    rows = torch.quantize_per_channel(torch.ones([8, 8]), scales, torch.zeros([8], dtype=4), 0, 12)
    p = ops.quantized.linear_prepack(rows, None)
    constants = [torch.full([], 1.0), torch.full([], steps + 1, dtype=3), torch.full([], 1.0 / float(steps))]
    y, scale = __torch__.linear_int8(torch.ones([1, 8]), p, constants, 8)
    return torch.mul(y, scale)

  # Fails where torch has no kernels for packed weights of convolutions.
  def convolution(self: __torch__.Probe) -> Tensor:
    c = annotate(List[Tensor], [])
    b = annotate(List[Tensor], [])
    _0 = __torch__.pack_convolution(torch.ones([1, 4, 2]), b, 1, 1, 1, 3, c, b)
    return __torch__.convolution(torch.ones([3, 4]), c[0], b[0], 1, 1, 1)

  # bits: bfloat16 values in an array that says it is float16
  def bfloat16_to_float(self: __torch__.Probe, bits: Tensor) -> Tensor:
    return torch.to(torch.view_copy(bits, dtype=15), 6)
