"""The key service `aws-kms`: the Key Management Service of AWS, by botocore, which the extra `aws` installs."""
