# Buttons below messages (bot/discord/buttons.py).

buttons-talk = 聊天
buttons-restyle = 新肖像
buttons-revoice = 新声音
buttons-another = 换一个
buttons-who = 这是谁？
buttons-dismiss = 送走
buttons-recall = 带到这里
buttons-thread = 专属子区
buttons-delete = 全部删除
