-- A tenant has a new active configuration: give it the next number of the sequence.
-- KEYS: tenants, sequence. ARGV: tenant. A sequence that was lost begins again at the clock, above all it ever gave.
local clock = redis.call('TIME')
redis.call('SET', KEYS[2], string.format('%.0f', clock[1] * 1000000 + clock[2]), 'NX')
return redis.call('ZADD', KEYS[1], redis.call('INCR', KEYS[2]), ARGV[1])
