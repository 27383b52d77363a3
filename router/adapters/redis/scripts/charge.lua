-- Take what a request costs from all its buckets, or from none (GCRA, as router/core/budget/gcra.py).
-- KEYS: the buckets, all of one tenant. ARGV: period (us), burst and cost of each.
-- Answers {0, 0}: taken; {wait in us, position of the slowest bucket}: refused, and nothing written.
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local wait, slowest = 0, 0
local arrivals = {}

for index, key in ipairs(KEYS) do
  local period, burst, cost = tonumber(ARGV[3 * index - 2]), tonumber(ARGV[3 * index - 1]), tonumber(ARGV[3 * index])
  local base = math.max(tonumber(redis.call('GET', key) or now), now)
  local needed = base + period * (math.min(cost, burst) - burst) - now
  if needed > wait then wait, slowest = needed, index end
  if cost > 0 then arrivals[index] = base + period * cost end
end
if wait > 0 then return {wait, slowest} end

for index, arrival in pairs(arrivals) do
  local life = math.max(1, math.ceil((arrival - now) / 1000))
  redis.call('SET', KEYS[index], string.format('%.0f', arrival), 'PX', life)
end
return {0, 0}
