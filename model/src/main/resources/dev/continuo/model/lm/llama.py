# LLaMA-type unit language model with a static KV cache. Tokens of several rows are computed in one
# pass: token i has an id, a row of the cache and a position in it; tokens of one row lie side by
# side (a group), in order. The cache is one (rows, kv heads, positions, head) a layer.
# Linear layers: four a layer (q k v, o, gate up, down), then the head.
# Vectors: two a layer (norms of attention and of the feed-forward), then the last norm.
class LanguageModel(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  layers : int
  heads : int
  kv : int
  head : int
  theta : float
  eps : float
  embedding : List[Tensor]
  allowed : List[Tensor]
  meaning : List[Tensor]
  cos : List[Tensor]
  sin : List[Tensor]
  vectors : List[Tensor]
  p : List[__torch__.torch.classes.quantized.LinearPackedParamsBase]
  q : Dict[int, __torch__.torch.classes.quantized.LinearPackedParamsBase]
  w : List[Tensor]
  b : List[Tensor]

  def linear(self: __torch__.LanguageModel, weights: List[Tensor], biases: List[Tensor], way: int) -> int:
    return __torch__.pack(weights, biases, self.p, self.q, self.w, self.b, way)

  def vector(self: __torch__.LanguageModel, x: Tensor) -> int:
    return __torch__.keep(x, self.vectors)

  # embedding (vocabulary, width); allowed: ids that may be drawn; meaning: what each stands for
  def ends(self: __torch__.LanguageModel, embedding: Tensor, head: Tensor, allowed: Tensor, meaning: Tensor, positions: int, way: int) -> int:
    bad = __torch__.keep(embedding, self.embedding)
    _1 = torch.append(self.meaning, torch.clone(meaning))
    _2 = torch.append(self.allowed, torch.clone(allowed))
    e = self.embedding[0]
    none = annotate(List[Tensor], [])
    bad = bad + __torch__.pack([head], none, self.p, self.q, self.w, self.b, way)
    i = torch.to(torch.arange(self.head // 2), e)
    f = torch.reciprocal(torch.pow(self.theta, torch.div(torch.mul(i, 2), self.head)))
    a = torch.mul(torch.unsqueeze(torch.to(torch.arange(positions), e), 1), f)
    _3 = torch.append(self.cos, torch.cat([torch.cos(a), torch.cos(a)], -1))
    _4 = torch.append(self.sin, torch.cat([torch.neg(torch.sin(a)), torch.sin(a)], -1))
    return bad

  # tokens (3, N): ids, rows, positions; groups: first token and number of tokens of each, flat.
  # Returns the last layer's output, (N, width).
  def body(self: __torch__.LanguageModel, tokens: Tensor, groups: List[int], at: List[int], k: List[Tensor], v: List[Tensor]) -> Tensor:
    H = self.heads
    V = self.kv
    D = self.head
    G = H // V
    N = torch.size(tokens, 1)
    rows = torch.select(tokens, 0, 1)
    position = torch.select(tokens, 0, 2)
    x = torch.embedding(self.embedding[0], torch.select(tokens, 0, 0))
    W = torch.size(x, 1)
    cos = torch.unsqueeze(torch.index_select(self.cos[0], 0, position), 1)
    sin = torch.unsqueeze(torch.index_select(self.sin[0], 0, position), 1)
    scale = torch.pow(float(D), -0.5)
    for i in range(self.layers):
      h = torch.rms_norm(x, [W], self.vectors[2 * i], self.eps)
      qkv = __torch__.linear(h, self.p, self.q, self.w, self.b, 4 * i)
      qk = torch.view(torch.narrow(qkv, 1, 0, (H + V) * D), [N, H + V, D])
      turned = torch.cat([torch.narrow(qk, 2, D // 2, D // 2), torch.narrow(qk, 2, 0, D // 2)], 2)
      qk = torch.add(torch.mul(qk, cos), torch.mul(turned, sin))
      index = annotate(List[Optional[Tensor]], [rows, None, position])
      _0 = torch.index_put_(k[i], index, torch.narrow(qk, 1, H, V))
      _1 = torch.index_put_(v[i], index, torch.view(torch.narrow(qkv, 1, (H + V) * D, V * D), [N, V, D]))
      outs = annotate(List[Tensor], [])
      for g in range(len(groups) // 2):
        first = groups[2 * g]
        T = groups[2 * g + 1]
        row = at[2 * g]
        n = at[2 * g + 1] + T
        qq = torch.narrow(qk, 0, first, T)
        kk = torch.narrow(torch.narrow(k[i], 0, row, 1), 2, 0, n)
        vv = torch.narrow(torch.narrow(v[i], 0, row, 1), 2, 0, n)
        if T == 1:
          qq = torch.view(torch.narrow(qq, 1, 0, H), [1, V, G, D])
          o = torch.view(torch.scaled_dot_product_attention(qq, kk, vv), [1, H * D])
        else:
          qq = torch.permute(torch.view(torch.narrow(qq, 1, 0, H), [T, V, G, D]), [1, 2, 0, 3])
          qq = torch.reshape(torch.mul(qq, scale), [V, G * T, D])
          kk = torch.select(kk, 0, 0)
          vv = torch.select(vv, 0, 0)
          s = torch.view(torch.matmul(qq, torch.transpose(kk, 1, 2)), [V, G, T, n])
          future = torch.triu(torch.ones([T, n], dtype=11), n - T + 1)
          s = torch.softmax(torch.masked_fill(s, future, -inf), -1)
          o = torch.view(torch.matmul(torch.view(s, [V, G * T, n]), vv), [V, G, T, D])
          o = torch.reshape(torch.permute(o, [2, 0, 1, 3]), [T, H * D])
        _2 = torch.append(outs, o)
      o = outs[0]
      if len(outs) > 1:
        o = torch.cat(outs, 0)
      x = torch.add(x, __torch__.linear(o, self.p, self.q, self.w, self.b, 4 * i + 1))
      h = torch.rms_norm(x, [W], self.vectors[2 * i + 1], self.eps)
      gate, up = torch.chunk(__torch__.linear(h, self.p, self.q, self.w, self.b, 4 * i + 2), 2, -1)
      x = torch.add(x, __torch__.linear(torch.mul(torch.silu(gate), up), self.p, self.q, self.w, self.b, 4 * i + 3))
    return x

  # hidden states (M, width) -> logits (M, vocabulary)
  def logits(self: __torch__.LanguageModel, x: Tensor) -> Tensor:
    h = torch.rms_norm(x, [torch.size(x, 1)], self.vectors[2 * self.layers], self.eps)
    return __torch__.linear(h, self.p, self.q, self.w, self.b, 4 * self.layers)

  # One unit (or what an allowed id means otherwise) for each row of logits; how (4, M) float64: temperature, top-k, top-p, uniform number
  def draw(self: __torch__.LanguageModel, logits: Tensor, how: Tensor) -> Tensor:
    logits = torch.index_select(logits, 1, self.allowed[0])
    A = torch.size(logits, 1)
    temperature = torch.unsqueeze(torch.select(how, 0, 0), 1)
    greedy = torch.le(temperature, 0.0)
    k = torch.unsqueeze(torch.select(how, 0, 1), 1)
    k = torch.where(torch.le(k, 0.0), torch.full_like(k, A), k)
    k = torch.where(greedy, torch.ones_like(k), k)
    values, order = torch.sort(torch.to(logits, 7), stable=True, dim=-1, descending=True)
    values = torch.div(values, torch.where(greedy, torch.ones_like(temperature), temperature))
    rank = torch.to(torch.arange(A), values)
    q = torch.softmax(torch.masked_fill(values, torch.ge(rank, k), -inf), -1)
    before = torch.sub(torch.cumsum(q, -1), q)
    kept = torch.logical_or(torch.lt(before, torch.unsqueeze(torch.select(how, 0, 2), 1)), torch.eq(rank, 0.0))
    c = torch.cumsum(torch.mul(q, torch.to(kept, 7)), -1)
    target = torch.mul(torch.select(c, 1, A - 1), torch.select(how, 0, 3))
    j = torch.sum(torch.le(c, torch.unsqueeze(target, 1)), [1], True)
    return torch.index_select(self.meaning[0], 0, torch.flatten(torch.gather(order, 1, torch.clamp_max(j, A - 1)), 0, -1))

  def fill(self: __torch__.LanguageModel, tokens: Tensor, groups: List[int], at: List[int], k: List[Tensor], v: List[Tensor]) -> int:
    _0 = self.body(tokens, groups, at, k, v)
    return 0

  # last (M): index of the last token of each group
  def step(self: __torch__.LanguageModel, tokens: Tensor, groups: List[int], at: List[int], k: List[Tensor], v: List[Tensor], last: Tensor, how: Tensor) -> Tensor:
    x = torch.index_select(self.body(tokens, groups, at, k, v), 0, last)
    return self.draw(self.logits(x), how)

  def all_logits(self: __torch__.LanguageModel, tokens: Tensor, groups: List[int], at: List[int], k: List[Tensor], v: List[Tensor]) -> Tensor:
    return self.logits(self.body(tokens, groups, at, k, v))
