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

# Keys and values (N, kv heads, D) of tokens go to their rows and positions.
# k (rows, kv heads, blocks, D, P): each block of P positions transposed, so that a head's scores are
# sums of rows; v (rows, kv heads, blocks * P, D).
def store(k: Tensor, v: Tensor, rows: Tensor, position: Tensor, keys: Tensor, values: Tensor) -> int:
  P = torch.size(k, 4)
  block = torch.div(position, P, rounding_mode="floor")
  _0 = torch.index_put_(k, annotate(List[Optional[Tensor]], [rows, None, block, None, torch.remainder(position, P)]), keys)
  _1 = torch.index_put_(v, annotate(List[Optional[Tensor]], [rows, None, position]), values)
  return 0

# Positions from + drop .. length - 1 of a row move to from .. and take the place of what was there.
# tables: cosines and sines of rotary positions, by which keys are turned back; otherwise none of them.
def slide(k: Tensor, v: Tensor, row: int, start: int, drop: int, length: int, tables: List[Tensor]) -> int:
  k = torch.select(k, 0, row)
  v = torch.select(v, 0, row)
  n = length - start - drop
  old = torch.flatten(torch.transpose(k, 2, 3), 1, 2)
  rest = torch.narrow(old, 1, start + drop, n)
  if len(tables) == 2:
    cos = torch.narrow(tables[0], 0, drop, 1)
    sin = torch.narrow(tables[1], 0, drop, 1)
    loudness = torch.hypot(cos, sin)
    cos = torch.unsqueeze(torch.div(cos, loudness), 0)
    sin = torch.unsqueeze(torch.div(sin, loudness), 0)
    rest = __torch__.turn(rest, cos, torch.neg(sin))
  new = torch.clone(old)
  _0 = torch.copy_(torch.narrow(new, 1, start, n), rest)
  _1 = torch.copy_(k, torch.transpose(torch.view(new, [torch.size(k, 0), torch.size(k, 1), torch.size(k, 3), torch.size(k, 2)]), 2, 3))
  _2 = torch.copy_(torch.narrow(v, 1, start, n), torch.clone(torch.narrow(v, 1, start + drop, n)))
  return 0

# What attention needs to know of the tokens that are alone in their rows, the same in all layers:
# which tokens they are; which rows of the caches of keys and of values are summed and where each sum
# begins; what is added to the scores: nothing for positions seen, ALiBi's bias where there are slopes
# (heads), minus infinity for what lies ahead; how far ahead each position lies. Nothing where no
# token is alone.
# A row's sums have the length of its own context, in blocks; what others need beyond it is read from
# its last block or position and weighs nothing.
def plan(tokens: Tensor, groups: List[int], at: List[int], k: Tensor, heads: int, slopes: List[Tensor]) -> List[Tensor]:
  alone = annotate(List[int], [])
  most = 0
  for g in range(len(groups) // 2):
    if groups[2 * g + 1] == 1:
      _0 = torch.append(alone, groups[2 * g])
      most = max(most, at[2 * g + 1])
  if len(alone) == 0:
    return annotate(List[Tensor], [])
  which = torch.tensor(alone, dtype=4)
  tokens = torch.index_select(tokens, 1, which)
  N = len(alone)
  V = torch.size(k, 1)
  blocks = torch.size(k, 2)
  D = torch.size(k, 3)
  P = torch.size(k, 4)
  n = most // P + 1
  here = torch.view(torch.select(tokens, 0, 2), [N, 1, 1])
  row = torch.mul(torch.view(torch.select(tokens, 0, 1), [N, 1, 1]), V)
  first = torch.add(row, torch.view(torch.div(torch.arange(heads), heads // V, rounding_mode="floor"), [1, heads, 1]))
  block = torch.minimum(torch.arange(n), torch.div(here, P, rounding_mode="floor"))
  block = torch.unsqueeze(torch.mul(torch.add(torch.mul(first, blocks), block), D), 3)
  keys = torch.flatten(torch.add(block, torch.arange(D)), 0, -1)
  j = torch.arange(n * P)
  values = torch.flatten(torch.add(torch.mul(first, blocks * P), torch.minimum(j, here)), 0, -1)
  ahead = torch.to(torch.sub(j, here), 6)
  bias = torch.mul(ahead, 0.0)
  if len(slopes) > 0:
    bias = torch.mul(ahead, torch.view(slopes[0], [1, heads, 1]))
  bias = torch.masked_fill(bias, torch.gt(ahead, 0.0), -inf)
  key_starts = torch.mul(torch.arange(N * heads * n), D)
  value_starts = torch.mul(torch.arange(N * heads), n * P)
  return [which, keys, key_starts, values, value_starts, bias, ahead]

# The sums of some rows of a table (rows, width), weighed: sum i takes entries starts[i] to
# starts[i + 1] of rows and weights.
def sums(table: Tensor, rows: Tensor, starts: Tensor, weights: Tensor) -> Tensor:
  y, _1, _2, _3 = torch._embedding_bag_forward_only(table, rows, starts, False, 0, False, weights, False, -1)
  return y

# One token a row. q (N, heads, D), already scaled.
def attend_one(q: Tensor, k: Tensor, v: Tensor, plan: List[Tensor], window: int) -> Tensor:
  N = torch.size(q, 0)
  H = torch.size(q, 1)
  D = torch.size(q, 2)
  P = torch.size(k, 4)
  n = torch.size(plan[5], 2) // P
  weights = torch.reshape(torch.expand(torch.unsqueeze(q, 2), [N, H, n, D]), [-1])
  s = torch.view(__torch__.sums(torch.view(k, [-1, P]), plan[1], plan[2], weights), [N, H, n * P])
  s = torch.add_(s, plan[5])
  if window > 0:
    s = torch.masked_fill_(s, torch.le(plan[6], -window), -inf)
  s = torch.flatten(torch.softmax(s, -1), 0, -1)
  return torch.view(__torch__.sums(torch.view(v, [-1, D]), plan[3], plan[4], s), [N, H * D])

# Several tokens of one row: q (T, heads, D), already scaled, of positions end - T to end - 1.
def attend_group(q: Tensor, k: Tensor, v: Tensor, end: int, window: int, slopes: List[Tensor]) -> Tensor:
  T = torch.size(q, 0)
  H = torch.size(q, 1)
  D = torch.size(q, 2)
  V = torch.size(k, 0)
  G = H // V
  P = torch.size(k, 3)
  first = 0
  if window > 0:
    first = max(0, end - T + 1 - window) // P
  blocks = (end - 1) // P + 1 - first
  n = blocks * P
  q = torch.permute(torch.view(q, [T, V, G, D]), [1, 2, 0, 3])
  q = torch.reshape(q, [V, G * T, D])
  k = torch.narrow(k, 1, first, blocks)
  if G * T < 64:
    s = torch.permute(torch.matmul(torch.unsqueeze(q, 1), k), [0, 2, 1, 3])
  else: # one product of a head pays for putting its blocks side by side
    s = torch.bmm(q, torch.reshape(torch.permute(k, [0, 2, 1, 3]), [V, D, n]))
  s = torch.reshape(s, [V, G, T, n])
  ahead = torch.unsqueeze(torch.to(torch.arange(first * P, first * P + n), q), 0)
  ahead = torch.sub(ahead, torch.unsqueeze(torch.to(torch.arange(end - T, end), q), 1))
  if len(slopes) > 0:
    s = torch.add(s, torch.mul(torch.view(slopes[0], [V, G, 1, 1]), ahead))
  unseen = torch.gt(ahead, 0)
  if window > 0:
    unseen = torch.logical_or(unseen, torch.le(ahead, -window))
  s = torch.softmax(torch.masked_fill(s, unseen, -inf), -1)
  o = torch.matmul(torch.view(s, [V, G * T, n]), torch.narrow(v, 1, first * P, n))
  return torch.reshape(torch.permute(torch.view(o, [V, G, T, D]), [2, 0, 1, 3]), [T, H, D])

# q (N, heads, D) -> (N, heads * D); k, v: caches of one layer, the tokens' own keys included. Which
# way a row is computed depends on its own number of tokens, so none depends on others.
# window: positions a token sees, its own included, 0 for all; slopes: of ALiBi (heads), or none.
def attend(q: Tensor, k: Tensor, v: Tensor, groups: List[int], at: List[int], plan: List[Tensor], window: int, slopes: List[Tensor]) -> Tensor:
  N = torch.size(q, 0)
  q = torch.mul(q, torch.pow(float(torch.size(q, 2)), -0.5))
  if 2 * N == len(groups):
    return __torch__.attend_one(q, k, v, plan, window)
  y = torch.empty_like(q)
  if len(plan) > 0:
    one = __torch__.attend_one(torch.index_select(q, 0, plan[0]), k, v, plan, window)
    _0 = torch.index_copy_(y, 0, plan[0], torch.view(one, [-1, torch.size(q, 1), torch.size(q, 2)]))
  for g in range(len(groups) // 2):
    first = groups[2 * g]
    T = groups[2 * g + 1]
    row = at[2 * g]
    if T > 1:
      some = __torch__.attend_group(torch.narrow(q, 0, first, T), torch.select(k, 0, row), torch.select(v, 0, row), at[2 * g + 1] + T, window, slopes)
      _1 = torch.copy_(torch.narrow(y, 0, first, T), some)
  return torch.flatten(y, 1, -1)

# RMSNorm (Zhang and Sennrich 2019) in fewer passes than torch.rms_norm.
def rms_norm(x: Tensor, weight: Tensor, eps: float) -> Tensor:
  W = float(torch.size(x, 1))
  floor = torch.full([], torch.sqrt(W * eps), dtype=6)
  size = torch.hypot(torch.linalg_vector_norm(x, 2, [1], True), floor)
  return torch.mul_(torch.div(x, torch.mul_(size, torch.pow(W, -0.5))), weight)

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
