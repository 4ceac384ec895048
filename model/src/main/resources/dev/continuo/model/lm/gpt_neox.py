# GPT-NeoX and Pythia (transformers, models/gpt_neox): rotary positions on the first components of each
# head; attention and feed-forward both from the block's input (parallel), or one after the other.
# Linear layers: four a layer (q k v, dense, h to 4h, 4h to h), then the head.
# Vectors: weight and bias of each norm: two norms a layer, then the last one.
class LanguageModel(Module):
  __parameters__ = []
  __buffers__ = []
  layers : int
  heads : int
  head : int
  eps : float
  parallel : bool
  activation : str

  def norm(self: __torch__.LanguageModel, x: Tensor, i: int) -> Tensor:
    return torch.layer_norm(x, [torch.size(x, 1)], self.vectors[2 * i], self.vectors[2 * i + 1], self.eps)

  # tokens (3, N): ids, rows, positions. Returns the last layer's output, (N, width).
  def body(self: __torch__.LanguageModel, tokens: Tensor, groups: List[int], at: List[int], k: List[Tensor], v: List[Tensor]) -> Tensor:
    H = self.heads
    D = self.head
    N = torch.size(tokens, 1)
    rows = torch.select(tokens, 0, 1)
    position = torch.select(tokens, 0, 2)
    x = torch.embedding(self.embedding[0], torch.select(tokens, 0, 0))
    cos = torch.unsqueeze(torch.index_select(self.tables[0], 0, position), 1)
    sin = torch.unsqueeze(torch.index_select(self.tables[1], 0, position), 1)
    none = annotate(List[Tensor], [])
    plan = __torch__.plan(tokens, groups, at, k[0], H, none)
    for i in range(self.layers):
      qkv = torch.view(__torch__.linear(self.norm(x, 2 * i), self.p, self.q, self.w, self.b, 4 * i), [N, 3 * H, D])
      qk = __torch__.turn(torch.narrow(qkv, 1, 0, 2 * H), cos, sin)
      _0 = __torch__.store(k[i], v[i], rows, position, torch.narrow(qk, 1, H, H), torch.narrow(qkv, 1, 2 * H, H))
      o = __torch__.attend(torch.narrow(qk, 1, 0, H), k[i], v[i], groups, at, plan, 0, none)
      o = __torch__.linear(o, self.p, self.q, self.w, self.b, 4 * i + 1)
      h = x
      if not self.parallel:
        h = torch.add(x, o)
      h = __torch__.linear(self.norm(h, 2 * i + 1), self.p, self.q, self.w, self.b, 4 * i + 2)
      h = __torch__.linear(__torch__.activate(h, self.activation), self.p, self.q, self.w, self.b, 4 * i + 3)
      x = torch.add(torch.add(x, o), h)
    return x

  # (M, width) -> (M, vocabulary)
  def logits(self: __torch__.LanguageModel, x: Tensor) -> Tensor:
    return __torch__.linear(self.norm(x, 2 * self.layers), self.p, self.q, self.w, self.b, 4 * self.layers)

