module alert-router.example/sender

go 1.26.0
