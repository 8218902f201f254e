# title: Comments from right to left, and signs outside of the basic plane, in every answer
# %% edit
        y = x @ self.weight + self.bias
# ->
        # الإدخال في الأوزان، ثم الانحياز 🧮
        y = x @ self.weight + self.bias
# %% edit
        dx = dupstream * y * (1 - y)
# ->
        # مشتقة الدالة السينية 📉 — עם הערה גם בעברית
        dx = dupstream * y * (1 - y)
# %% edit
y_relu = relu.forward(x)
# ->
print('🔥 ReLU 🔥', '\U0001d53c')
y_relu = relu.forward(x)
# %% edit
        net.backward(grad)
# ->
        # 学習する 🚂
        net.backward(grad)
