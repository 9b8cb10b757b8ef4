"""China: catalogue samples and the rules that Chongqing's two insurance schemes share."""
