# title: Comments, docstrings, helper and local names in Chinese; prints in Chinese too
# %% before linear
# 辅助函数：打印张量的形状
def 打印形状(名称, 张量):
    print(f'{名称} 的形状：{tuple(张量.shape)}')
# %% edit
        y = x @ self.weight + self.bias
        self.cache = x
# ->
        # 前向传播：输入乘以权重，再加上偏置
        输出 = x @ self.weight + self.bias
        self.cache = x
        y = 输出
# %% edit
        y = torch.clamp(x, min=0)
        self.cache = y
# ->
        """修正线性单元：负数变成零。"""
        y = torch.clamp(x, min=0)
        self.cache = y
# %% edit
# Backward pass
dx = layer.backward(dy)
# ->
# 反向传播
dx = layer.backward(dy)
打印形状('输入梯度', dx)
# %% edit
    e = torch.exp(z - z.max(dim=1, keepdim=True).values)
    p = e / e.sum(dim=1, keepdim=True)
# ->
    最大值 = z.max(dim=1, keepdim=True).values
    指数 = torch.exp(z - 最大值)  # 防止溢出
    p = 指数 / 指数.sum(dim=1, keepdim=True)
