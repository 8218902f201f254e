# title: Rich outputs by the thousand, with bytes that are no text
# hopes: the result cannot be written as JSON or HTML
# base: complete

# %% first
import os, sys
from IPython.display import HTML, display

os.write(1, bytes(range(256)) * 10)
print(chr(0xD800) + "\x1b[2J<script>alert(1)</script>\x00")
for number in range(5_000):
    display(HTML("<b>%d</b>" % number))
