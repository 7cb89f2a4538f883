# Buttons below messages (bot/discord/buttons.py).

buttons-talk = 話す
buttons-restyle = 新しい肖像
buttons-revoice = 新しい声
buttons-another = 別のキャラ
buttons-who = これは誰？
buttons-dismiss = 見送る
buttons-recall = ここに呼ぶ
buttons-thread = 専用スレッド
buttons-delete = すべて削除
