# What is kept about a person (bot/privacy.py).

privacy-readme =
    这是机器人存储的关于你的内容，截至{ $made } UTC。每个文件都是JSON，每条记录一项。
    
    personas：你召唤的角色；voices：它们的声音；portraits：它们的样子
    turns：你对角色说的话，以及它们的回答
    summaries：角色记得的、以前与你单独对话的内容
    facts：角色对你的了解
    requests：你最近的请求；charges和usages：它们的次数和费用
    scenes、scene_lines：你开始的场景，以及你在场景里写的话
    residents：你让其住进频道的角色
    preferences、private_places：你为自己做的设置
    
    缺少的肖像是因为文件里放不下。聊天里的消息属于平台，请在那里删除。
