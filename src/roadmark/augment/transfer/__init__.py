"""Transfer backends, one file each, behind the protocol of `protocol`."""
