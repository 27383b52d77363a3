-- The next tenant whose work is due, taken off the list; it comes back with the time of its next work.
-- Who took it may die with it, so it is noted among those served lately.
-- KEYS: turns, served. ARGV: now in ms. Answers {tenant, ''}, or {'', ms of the next turn or ''}.
local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
if #first == 0 then return {'', ''} end
if tonumber(first[2]) > tonumber(ARGV[1]) then return {'', first[2]} end
redis.call('ZREM', KEYS[1], first[1])
redis.call('ZADD', KEYS[2], ARGV[1], first[1])
redis.call('PEXPIRE', KEYS[2], 60000)
return {first[1], ''}
