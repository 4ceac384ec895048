# What a machine can do at most, as far as its torch library shows it: reading memory, and products of
# matrices large enough that nothing else counts.
class Machine(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  p : List[__torch__.torch.classes.quantized.LinearPackedParamsBase]
  q : Dict[int, __torch__.torch.classes.quantized.LinearPackedParamsBase]
  w : List[Tensor]
  b : List[Tensor]
  packed : List[Tensor]

  # Reads an array once.
  def read(self: __torch__.Machine, x: Tensor) -> int:
    return int(torch.item(torch.isnan(torch.sum(x))))

  # A square matrix for `multiply`, n wide.
  def add(self: __torch__.Machine, n: int, way: int, x: Tensor) -> int:
    device = ops.prim.device(x)
    return __torch__.pack([torch.rand([n, n], device=device)], annotate(List[Tensor], []), self.p, self.q, self.w, self.b, way)

  def add_onednn(self: __torch__.Machine, n: int, x: Tensor) -> int:
    _0 = torch.append(self.packed, ops.mkldnn._reorder_linear_weight(torch.rand([n, n]), None))
    return 0

  def multiply(self: __torch__.Machine, x: Tensor) -> int:
    if len(self.packed) > 0:
      y = ops.mkldnn._linear_pointwise(x, self.packed[0], None, "none", annotate(List[Optional[number]], []), "")
    elif len(self.p) > 0 and len(self.w) > 0:
      y = ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32(x, self.w[0], self.w[1], self.p[0])
    else:
      y = __torch__.linear(x, self.p, self.q, self.w, self.b, 0)
    return int(torch.item(torch.isnan(torch.select(torch.select(y, 0, 0), 0, 0)))) # and waits for it
