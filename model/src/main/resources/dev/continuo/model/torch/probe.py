class Probe(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # Fails where this processor has no kernels for matrices of float16.
  def half(self: __torch__.Probe) -> Tensor:
    p = ops.quantized.linear_prepack_fp16(torch.ones([8, 8]), torch.zeros([8]))
    return ops.quantized.linear_dynamic_fp16(torch.ones([1, 8]), p)

  # bits: bfloat16 values in an array that says it is float16
  def bfloat16_to_float(self: __torch__.Probe, bits: Tensor) -> Tensor:
    return torch.to(torch.view_copy(bits, dtype=15), 6)
