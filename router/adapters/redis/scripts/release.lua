-- The call in flight has ended: free the channel, if it is still this call that holds it.
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
