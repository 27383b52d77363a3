"""What the roles need of the outside world: the values they hand over, and one narrow protocol a concern.

Roles know these and no adapter; adapters fulfil them and know no role; the composition root joins the two. Every
method may raise UnavailableError unless it says otherwise: nobody knows then whether it was done, so what is asked
must be harmless to ask again.
"""
