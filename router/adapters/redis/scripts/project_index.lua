-- The index's part of what the record wants of a tenant: its tokens, and whether it was removed.
-- KEYS: the fences of all tenants, tokens, revoked tokens, removed tenants
-- ARGV: tenant, generation, now in ms ("" = the tenant is there, else it is removed as of then), how many tokens are
-- revoked, their digests; then digests and rows of those that are good
-- Answers `stored`, `same`, `newer`, or `drift` (somebody else has removed the tenant); a token that somebody else has
-- revoked stays revoked.
local known = redis.call('HGET', KEYS[1], ARGV[1]) or '0'
local generation, removed = tonumber(string.match(known, '^%d+')), string.find(known, 'removed') ~= nil
local wanted, is_gone = tonumber(ARGV[2]), ARGV[3] ~= ''
if not is_gone and not removed and generation > 0 and redis.call('ZSCORE', KEYS[4], ARGV[1]) then return 'drift' end
if generation > wanted then return 'newer' end
if generation == wanted then return 'same' end
local first = 5 + tonumber(ARGV[4])
for i = 5, first - 1 do redis.call('HDEL', KEYS[2], ARGV[i]) end
for i = first, #ARGV, 2 do
  if not redis.call('ZSCORE', KEYS[3], ARGV[i]) then redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
end
if is_gone then redis.call('ZADD', KEYS[4], ARGV[3], ARGV[1]) else redis.call('ZREM', KEYS[4], ARGV[1]) end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. (is_gone and ':removed' or ''))
return 'stored'
