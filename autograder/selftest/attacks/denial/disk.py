# title: Files are written until the disk is full
# hopes: results cannot be written
# base: complete

# %% first
import os

block = b"0" * 2**20
for number in range(3):
    try:
        with open(f"big{number}", "wb", 0) as file:
            for _ in range(400):
                file.write(block)
    except OSError as error:
        print(error)
try:
    with open("sparse", "wb") as file:
        file.truncate(2**40)
except OSError as error:
    print(error)
