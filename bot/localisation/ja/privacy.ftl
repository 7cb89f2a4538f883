# What is kept about a person (bot/privacy.py).

privacy-readme =
    これは、このBotがあなたについて保存しているもので、{ $made } UTC時点のものです。ファイルはJSON形式で、記録ごとに一件ずつ入っています。
    
    personas：あなたが召喚したキャラクター　voices：その声　portraits：その姿
    turns：あなたがキャラクターに話したことと、その返事
    summaries：あなたと二人だけの昔の会話について、キャラクターが覚えていること
    facts：キャラクターがあなたについて知っていること
    requests：最近の依頼　charges、usages：その回数と費用
    scenes、scene_lines：あなたが始めたシーンと、シーンであなたが書いたこと
    residents：あなたがチャンネルに住まわせたキャラクター
    preferences、private_places：あなた自身の設定
    
    入っていない肖像は、ファイルに収まらなかったものです。チャットのメッセージはプラットフォームのものなので、そちらで削除してください。
