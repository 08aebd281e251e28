# calls of a tool
120 x86_64 read
7 x86_64 raed
