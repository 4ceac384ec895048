# Fails where this processor has no kernels for matrices of float16.
class Probe(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  def half(self: __torch__.Probe) -> Tensor:
    p = ops.quantized.linear_prepack_fp16(torch.ones([8, 8]), torch.zeros([8]))
    return ops.quantized.linear_dynamic_fp16(torch.ones([1, 8]), p)
