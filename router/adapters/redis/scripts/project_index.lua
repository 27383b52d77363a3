-- The index's part of what the record wants of a tenant: its tokens, and whether it was removed, or is of another cell.
-- KEYS: the fences of all tenants, tokens, revoked tokens, removed tenants, tenants of other cells
-- ARGV: tenant, generation, now in ms ("" = the tenant is here, else it is not as of then), `here`, `removed`,
-- `elsewhere`, or `leaving` (elsewhere, and what it has open is here still), its cell; how many tokens are not good here,
-- their digests; then digests and rows of those that are
-- Answers `stored`, `same`, `newer`, or `drift` (somebody else has removed the tenant); a token that somebody else has
-- revoked stays revoked. Of who is leaving no generation is noted: it is asked about again until it has left.
local known = redis.call('HGET', KEYS[1], ARGV[1]) or '0'
local generation, removed = tonumber(string.match(known, '^%d+')), string.find(known, 'removed') ~= nil
local wanted, is_gone = tonumber(ARGV[2]), ARGV[3] ~= ''
if not is_gone and not removed and generation > 0 and redis.call('ZSCORE', KEYS[4], ARGV[1]) then return 'drift' end
if generation > wanted then return 'newer' end
local first = 7 + tonumber(ARGV[6])
if ARGV[4] == 'leaving' then
  for i = 7, first - 1 do redis.call('HDEL', KEYS[2], ARGV[i]) end
  if redis.call('HGET', KEYS[5], ARGV[1]) == ARGV[5] then return 'same' end
  redis.call('HSET', KEYS[5], ARGV[1], ARGV[5])
  return 'stored'
end
if generation == wanted and removed == is_gone then return 'same' end
for i = 7, first - 1 do redis.call('HDEL', KEYS[2], ARGV[i]) end
for i = first, #ARGV, 2 do
  if not redis.call('ZSCORE', KEYS[3], ARGV[i]) then redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
end
if ARGV[4] == 'elsewhere' then
  redis.call('HSET', KEYS[5], ARGV[1], ARGV[5])
else
  redis.call('HDEL', KEYS[5], ARGV[1])
end
if is_gone then redis.call('ZADD', KEYS[4], ARGV[3], ARGV[1]) else redis.call('ZREM', KEYS[4], ARGV[1]) end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. (is_gone and ':removed' or ''))
return 'stored'
