import sys

from attention_core.cli.main import main

sys.exit(main())
