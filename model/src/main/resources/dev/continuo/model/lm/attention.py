# What families of language models share: attention over a static KV cache, rotary positions,
# activations. Tokens of several rows are computed in one pass: token i has an id, a row of the cache
# and a position in it; tokens of one row lie side by side (a group), in order.
# groups: first token and number of tokens of each group, flat; at: its row and its first position.

# Cosines and sines, (positions, R) each, of the angles of R turned components: theta^(-2i/R), times
# scales (R / 2); loudness multiplies both.
def angles(scales: Tensor, theta: float, positions: int, loudness: float) -> List[Tensor]:
  R = 2 * torch.size(scales, 0)
  i = torch.to(torch.arange(R // 2), scales)
  f = torch.mul(torch.reciprocal(torch.pow(theta, torch.div(torch.mul(i, 2), R))), scales)
  a = torch.mul(torch.unsqueeze(torch.to(torch.arange(positions), scales), 1), f)
  cos = torch.mul(torch.cos(a), loudness)
  sin = torch.mul(torch.sin(a), loudness)
  return [torch.cat([cos, cos], -1), torch.cat([torch.neg(sin), sin], -1)]

# Turns queries and keys (N, heads, D) by their positions, in the half-split layout; components that
# lie behind the first R stay. cos, sin: (N, 1, R).
def turn(qk: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
  R = torch.size(cos, 2)
  D = torch.size(qk, 2)
  x = torch.narrow(qk, 2, 0, R)
  turned = torch.cat([torch.narrow(qk, 2, R // 2, R // 2), torch.narrow(qk, 2, 0, R // 2)], 2)
  y = torch.add(torch.mul(x, cos), torch.mul(turned, sin))
  if R < D:
    y = torch.cat([y, torch.narrow(qk, 2, R, D - R)], 2)
  return y

# Keys or values (N, kv heads, D) of tokens go to their rows and positions.
def store(cache: Tensor, rows: Tensor, position: Tensor, x: Tensor) -> int:
  _0 = torch.index_put_(cache, annotate(List[Optional[Tensor]], [rows, None, position]), x)
  return 0

# q (N, heads, D) -> (N, heads * D); k, v: caches of one layer, the tokens' own keys included. Each
# group is computed apart, so a row cannot depend on others.
# window: positions a token sees, its own included, 0 for all; slopes: of ALiBi (heads), or none.
def attend(q: Tensor, k: Tensor, v: Tensor, groups: List[int], at: List[int], window: int, slopes: List[Tensor]) -> Tensor:
  H = torch.size(q, 1)
  D = torch.size(q, 2)
  V = torch.size(k, 1)
  G = H // V
  scale = torch.pow(float(D), -0.5)
  outs = annotate(List[Tensor], [])
  for g in range(len(groups) // 2):
    first = groups[2 * g]
    T = groups[2 * g + 1]
    row = at[2 * g]
    end = at[2 * g + 1] + T
    start = 0
    if window > 0:
      start = max(0, end - T + 1 - window)
    n = end - start
    qq = torch.narrow(q, 0, first, T)
    kk = torch.narrow(torch.narrow(k, 0, row, 1), 2, start, n)
    vv = torch.narrow(torch.narrow(v, 0, row, 1), 2, start, n)
    if T == 1:
      qq = torch.view(qq, [1, V, G, D])
      if len(slopes) > 0:
        bias = torch.mul(torch.view(slopes[0], [1, V, G, 1]), torch.sub(torch.to(torch.arange(n), q), n - 1))
        o = torch.view(torch.scaled_dot_product_attention(qq, kk, vv, bias), [1, H * D])
      else:
        o = torch.view(torch.scaled_dot_product_attention(qq, kk, vv), [1, H * D])
    else:
      qq = torch.permute(torch.view(qq, [T, V, G, D]), [1, 2, 0, 3])
      qq = torch.reshape(torch.mul(qq, scale), [V, G * T, D])
      kk = torch.select(kk, 0, 0)
      vv = torch.select(vv, 0, 0)
      s = torch.view(torch.matmul(qq, torch.transpose(kk, 1, 2)), [V, G, T, n])
      ahead = torch.unsqueeze(torch.to(torch.arange(n), q), 0)
      ahead = torch.sub(ahead, torch.unsqueeze(torch.to(torch.arange(n - T, n), q), 1))
      if len(slopes) > 0:
        s = torch.add(s, torch.mul(torch.view(slopes[0], [V, G, 1, 1]), ahead))
      unseen = torch.gt(ahead, 0)
      if window > 0:
        unseen = torch.logical_or(unseen, torch.le(ahead, -window))
      s = torch.softmax(torch.masked_fill(s, unseen, -inf), -1)
      o = torch.view(torch.matmul(torch.view(s, [V, G * T, n]), vv), [V, G, T, D])
      o = torch.reshape(torch.permute(o, [2, 0, 1, 3]), [T, H * D])
    _0 = torch.append(outs, o)
  o = outs[0]
  if len(outs) > 1:
    o = torch.cat(outs, 0)
  return o

# Transcendental functions take the last few elements of an array by another routine than the rest;
# rows are filled up to whole vectors, so that none depends on how many there are.
def activate(x: Tensor, kind: str) -> Tensor:
  W = torch.size(x, 1)
  if kind == "relu":
    y = torch.relu(x)
  else:
    if W % 64 != 0:
      x = torch.constant_pad_nd(x, [0, 64 - W % 64])
    if kind == "gelu":
      y = torch.gelu(x)
    elif kind == "gelu_tanh":
      y = torch.gelu(x, approximate="tanh")
    else:
      y = torch.silu(x)
    if W % 64 != 0:
      y = torch.narrow(y, 1, 0, W)
  return y
