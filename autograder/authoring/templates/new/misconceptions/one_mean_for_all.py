# title: took mean and standard deviation over all columns together
# question: standardize
# hint: You subtract one mean from all columns. Features have units of their own, so each column needs its own mean and its own
#   standard deviation. Say along which axis to take them.

# %% edit
    return (x - x.mean(axis=0)) / x.std(axis=0)
# ->
    return (x - x.mean()) / x.std()
