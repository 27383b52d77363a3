-- One small write that goes on while Redis is full: it refuses a script by its first write, and lets those that follow
-- one that needs no memory be made.
-- KEYS: the key, and one of its slot that is never there. ARGV: the command, and its arguments after the key
redis.call('DEL', KEYS[2])
return redis.call(ARGV[1], KEYS[1], unpack(ARGV, 2))
