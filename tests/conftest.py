"""What all tests share: they never see the user's Azure or Pulumi."""

import os

for name in [name for name in os.environ if name.startswith(("AZURE_", "ARM_", "PULUMI_"))]:
    del os.environ[name]
