"""What is generated of the Helm chart: the schema of its values, copies of the rules, its rendered examples."""
