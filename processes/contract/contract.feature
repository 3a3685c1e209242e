Feature: 合同管理
  A contract is drafted with every main term, reviewed by the manager and, when major or complex, by legal and finance; it is stamped,
  signed and handed out, followed until it is performed, and archived.

  Background:
    Given the demonstration company
    And the calendar of 2026
    And the time is "2026-03-02 09:00"
    When "zhou.jie" starts "contract" with:
      | field          | value              |
      | contract_title | 办公设备销售合同   |
      | contract_type  | sales              |
      | text_source    | own                |
      | owner          | zhang.wei          |
      | party_name     | 华星电子有限公司   |
      | party_code     | 91310000MA1FL0AB2X |
      | party_contact  | 陆涛               |
      | party_checked  | true               |
      | subject        | 办公设备及安装     |
      | quantity       | 40 套              |
      | quality        | 符合出厂标准       |
      | amount         | 86000              |
      | currency       | CNY                |
      | direction      | receive            |
      | payment_terms  | 交付后三十天内付清 |
      | start_on       | 2026-03-05         |
      | perform_by     | 2026-05-20         |
      | expires_on     | 2027-03-04         |
      | place          | 对方仓库           |
      | manner         | 送货上门           |
      | breach         | 迟延一天付千分之一 |
      | dispute        | 公司所在地法院     |
      | has_parties    | true               |
      | has_subject    | true               |
      | has_quantity   | true               |
      | has_quality    | true               |
      | has_price      | true               |
      | has_term       | true               |
      | has_place      | true               |
      | has_manner     | true               |
      | has_breach     | true               |
      | has_dispute    | true               |
      | files          | file:销售合同.pdf  |
      | seal           | contract_seal      |
      | copies         | 4                  |

  Scenario: 一般合同从起草到归档
    Then the variable "contract_no" is "HT-2026-0001"
    And the variable "grade_reasons" is []
    And the instance waits in "Task_review" for "dept_manager"
    And the task "Task_review" is due "2026-03-04 18:00"
    And "zhou.jie" may not complete "Task_review"
    And the document "contract_approval" contains "华星电子有限公司"
    And the register "contract_ledger" shows:
      | no           | title            | amount | state | person   |
      | HT-2026-0001 | 办公设备销售合同 | 86000  | 审批  | zhou.jie |
    When the time is "2026-03-03 18:00"
    Then "wang.jianhua" has a reminder about "Task_review"
    When "wang.jianhua" completes "Task_review" with outcome "pass" and comment "同意签订" with:
      | field        | value |
      | legality     | ok    |
      | completeness | ok    |
      | accuracy     | ok    |
    Then the variable "passed" is true
    And the register "contract_ledger" shows:
      | no           | grade | state |
      | HT-2026-0001 | 一般  | 待签  |
    And the instance has called "seal_use"
    And in the called instance
    When "wang.jianhua" completes "Task_manager" with outcome "approve"
    And "gao.yun" completes "Task_check" with outcome "accept" with:
      | field      | value        |
      | check_note | 与审批表相符 |
    And "gao.yun" completes "Task_stamp" with outcome "record" with:
      | field         | value           |
      | stamped_now   | 4               |
      | stamped_files | file:盖章后.pdf |
    Then in the calling instance
    And the variable "seal_result" is "stamped"
    And the variable "stamped_copies" is 4
    And the instance waits in "Task_sign" for "zhou.jie"
    And the task "Task_sign" is due "2026-03-10 18:00"
    When the time is "2026-03-04 10:00"
    And "zhou.jie" completes "Task_sign" with:
      | field            | value                                                                                                                              |
      | signed_on        | 2026-03-04                                                                                                                         |
      | effective_on     | 2026-03-04                                                                                                                         |
      | our_signer       | 陈国栋                                                                                                                             |
      | party_signer     | 陆涛                                                                                                                               |
      | originals_signed | 2                                                                                                                                  |
      | signed_files     | file:双方签好.pdf                                                                                                                  |
      | distribution     | =[{department: "business_development", copies: 1, duty: "按期交付和安装"}, {department: "finance", copies: 1, duty: "开票和收款"}] |
    Then the instance waits in "Task_receipt" for "business_development"
    And the task "Task_receipt" is due "2026-03-05 18:00"
    And the instance waits in "Task_receipt" for "tang.hui"
    And completing "Task_receipt" by "tang.hui" is refused because "duty_clear":
      | field         | value |
      | copy_received | true  |
      | duty_clear    | false |
    When "liu.yang" completes "Task_receipt" with:
      | field         | value |
      | copy_received | true  |
      | duty_clear    | true  |
    And "tang.hui" completes "Task_receipt" with:
      | field         | value    |
      | copy_received | true     |
      | duty_clear    | true     |
      | receipt_note  | 四月开票 |
    Then the document "contract_approval" contains "四月开票"
    And the register "contract_ledger" shows:
      | no           | signed_on  | open  | overdue | state |
      | HT-2026-0001 | 2026-03-04 | 86000 | false   | 履行  |
    And the instance has called "contract_tracking"
    And in the called instance
    When the time is "2026-04-01 09:00"
    Then the instance waits in "Task_report" for "zhang.wei"
    And the task "Task_report" is due "2026-04-03 18:00"
    When the time is "2026-04-02 11:00"
    And "zhang.wei" completes "Task_report" with:
      | field        | value        |
      | stage        | settled      |
      | percent      | 100          |
      | delivered_on | 2026-03-30   |
      | settled      | 86000        |
      | invoiced     | 86000        |
      | report_note  | 已交付并验收 |
    And "zhou.jie" completes "Task_track" with outcome "fulfilled" with:
      | field      | value      |
      | track_note | 货款已到账 |
    Then the instance is completed
    And the document "performance_record" contains "已交付并验收"
    And in the calling instance
    And the variable "fulfilled_on" is "2026-04-02"
    And the register "contract_ledger" shows:
      | no           | stage  | percent | settled | open | state  |
      | HT-2026-0001 | 已结清 | 100     | 86000   | 0    | 待归档 |
    And the instance has called "contract_archiving"
    And in the called instance
    And the instance waits in "Task_gather" for "zhou.jie"
    And the task "Task_gather" is due "2026-04-17 18:00"
    When "zhou.jie" completes "Task_gather" with:
      | field            | value |
      | part_text        | kept  |
      | part_approval    | kept  |
      | part_performance | kept  |
      | part_letters     | kept  |
      | part_supplements | none  |
      | pages            | 36    |
    Then the instance waits in "Task_accept" for "luo.min"
    When "luo.min" completes "Task_accept" with outcome "accept"
    And "luo.min" completes "Task_file" with:
      | field     | value      |
      | location  | 二号柜三层 |
      | originals | 2          |
      | keep      | thirty     |
    Then the instance is completed
    And in the calling instance
    And the instance is completed
    And the variable "archive_no" is "DA-HT-2026-0001"
    And the document "archive_cover" contains "二号柜三层"
    And the document "contract_approval" contains "同意签订"
    And the register "contract_ledger" shows:
      | no           | state | archive_no      | archived_on | keep  | originals |
      | HT-2026-0001 | 归档  | DA-HT-2026-0001 | 2026-04-02  | 30 年 | 2         |
    And the history verifies

  Scenario: 重大合同会审有异议，退回修改后第二轮通过
    When "zhou.jie" starts "contract" with:
      | field          | value                |
      | contract_title | 生产线采购合同       |
      | contract_type  | purchase             |
      | text_source    | own                  |
      | owner          | liu.yang             |
      | party_name     | 恒力机械股份有限公司 |
      | party_code     | 91310000MA1FL0AB2X   |
      | party_contact  | 陆涛                 |
      | party_checked  | true                 |
      | subject        | 生产线一条           |
      | quantity       | 40 套                |
      | quality        | 符合出厂标准         |
      | amount         | 1280000              |
      | currency       | CNY                  |
      | direction      | pay                  |
      | payment_terms  | 预付三成，验收后付清 |
      | start_on       | 2026-03-05           |
      | perform_by     | 2026-05-20           |
      | expires_on     | 2028-12-31           |
      | place          | 对方仓库             |
      | manner         | 送货上门             |
      | breach         | 迟延一天付千分之一   |
      | dispute        | 公司所在地法院       |
      | has_parties    | true                 |
      | has_subject    | true                 |
      | has_quantity   | true                 |
      | has_quality    | true                 |
      | has_price      | true                 |
      | has_term       | true                 |
      | has_place      | true                 |
      | has_manner     | true                 |
      | has_breach     | true                 |
      | has_dispute    | true                 |
      | files          | file:采购合同.pdf    |
      | seal           | contract_seal        |
      | copies         | 4                    |
    Then the variable "grade_reasons" is [{grade: "major", reason: "含税金额达到 50 万元"}, {grade: "complex", reason: "期限超过 24 个月"}]
    When "wang.jianhua" completes "Task_review" with outcome "pass" with:
      | field           | value                   |
      | legality        | ok                      |
      | completeness    | ok                      |
      | accuracy        | ok                      |
      | other_reviewers | =["customer_relations"] |
      | review_opinion  | 请重点看付款条件        |
    Then the instance waits in "Task_joint" for "xu.wen"
    And the task "Task_joint" is due "2026-03-05 18:00"
    And the instance waits in "Task_joint" for "tang.hui"
    And the instance waits in "Task_joint" for "customer_relations"
    And "zhou.jie" may not complete "Task_joint"
    And completing "Task_joint" by "tang.hui" with outcome "object" is refused because "comment":
      | field | value  |
      | risk  | 风险高 |
    When "tang.hui" completes "Task_joint" with outcome "object" and comment "预付三成过高，最多一成" with:
      | field        | value        |
      | risk         | 风险高       |
      | opinion_text | 付款条件要改 |
    And "qian.xin" completes "Task_joint" with outcome "agree" with:
      | field | value  |
      | risk  | 风险低 |
    Then the instance waits in "Task_joint" for "xu.wen"
    When "xu.wen" completes "Task_joint" with outcome "agree" with:
      | field        | value    |
      | risk         | 风险可控 |
      | opinion_text | 条款合法 |
    Then the variable "passed" is false
    And the variable "round" is 1
    And the instance waits in "Task_revise" for "zhou.jie"
    And the task "Task_revise" is due "2026-03-09 18:00"
    And the document "contract_approval" contains "预付三成过高，最多一成"
    And the document "contract_approval" contains "请重点看付款条件"
    And the register "contract_ledger" shows:
      | no           | grade | state |
      | HT-2026-0002 | 重大  | 起草  |
    And completing "Task_revise" by "zhou.jie" with outcome "resubmit" is refused because "has_breach":
      | field          | value                   |
      | contract_title | 生产线采购合同          |
      | contract_type  | purchase                |
      | text_source    | own                     |
      | owner          | liu.yang                |
      | party_name     | 恒力机械股份有限公司    |
      | party_code     | 91310000MA1FL0AB2X      |
      | party_contact  | 陆涛                    |
      | party_checked  | true                    |
      | subject        | 生产线一条              |
      | quantity       | 40 套                   |
      | quality        | 符合出厂标准            |
      | amount         | 1280000                 |
      | currency       | CNY                     |
      | direction      | pay                     |
      | payment_terms  | 预付一成，验收后付清    |
      | start_on       | 2026-03-05              |
      | perform_by     | 2026-05-20              |
      | expires_on     | 2028-12-31              |
      | place          | 对方仓库                |
      | manner         | 送货上门                |
      | breach         | 迟延一天付千分之一      |
      | dispute        | 公司所在地法院          |
      | has_parties    | true                    |
      | has_subject    | true                    |
      | has_quantity   | true                    |
      | has_quality    | true                    |
      | has_price      | true                    |
      | has_term       | true                    |
      | has_place      | true                    |
      | has_manner     | true                    |
      | has_breach     | false                   |
      | has_dispute    | true                    |
      | files          | file:采购合同第二稿.pdf |
      | seal           | contract_seal           |
      | copies         | 4                       |
    When the time is "2026-03-04 10:00"
    And "zhou.jie" completes "Task_revise" with outcome "resubmit" with:
      | field          | value                   |
      | contract_title | 生产线采购合同          |
      | contract_type  | purchase                |
      | text_source    | own                     |
      | owner          | liu.yang                |
      | party_name     | 恒力机械股份有限公司    |
      | party_code     | 91310000MA1FL0AB2X      |
      | party_contact  | 陆涛                    |
      | party_checked  | true                    |
      | subject        | 生产线一条              |
      | quantity       | 40 套                   |
      | quality        | 符合出厂标准            |
      | amount         | 1280000                 |
      | currency       | CNY                     |
      | direction      | pay                     |
      | payment_terms  | 预付一成，验收后付清    |
      | start_on       | 2026-03-05              |
      | perform_by     | 2026-05-20              |
      | expires_on     | 2028-12-31              |
      | place          | 对方仓库                |
      | manner         | 送货上门                |
      | breach         | 迟延一天付千分之一      |
      | dispute        | 公司所在地法院          |
      | has_parties    | true                    |
      | has_subject    | true                    |
      | has_quantity   | true                    |
      | has_quality    | true                    |
      | has_price      | true                    |
      | has_term       | true                    |
      | has_place      | true                    |
      | has_manner     | true                    |
      | has_breach     | true                    |
      | has_dispute    | true                    |
      | files          | file:采购合同第二稿.pdf |
      | seal           | contract_seal           |
      | copies         | 4                       |
    Then the instance waits in "Task_review" for "dept_manager"
    And the task "Task_review" is due "2026-03-06 18:00"
    And the register "contract_ledger" shows:
      | no           | state |
      | HT-2026-0002 | 审批  |
    When "wang.jianhua" completes "Task_review" with outcome "pass" with:
      | field           | value                   |
      | legality        | ok                      |
      | completeness    | ok                      |
      | accuracy        | ok                      |
      | other_reviewers | =["customer_relations"] |
    And "tang.hui" completes "Task_joint" with outcome "agree" with:
      | field        | value        |
      | risk         | 风险低       |
      | opinion_text | 已按意见修改 |
    And "xu.wen" completes "Task_joint" with outcome "agree" with:
      | field | value  |
      | risk  | 风险低 |
    And "feng.lei" completes "Task_joint" with outcome "agree" with:
      | field | value  |
      | risk  | 风险低 |
    Then the variable "passed" is true
    And the variable "round" is 2
    And the instance has called "seal_use"
    And the document "contract_approval" contains "已按意见修改"
    And the document "contract_approval" contains "预付三成过高，最多一成"
    And the register "contract_ledger" shows:
      | no           | grade | amount  | state |
      | HT-2026-0002 | 重大  | 1280000 | 待签  |
    And the history verifies

  Scenario: 三项审查有一项不符合，按退回处理，起草人作废
    When "wang.jianhua" completes "Task_review" with outcome "pass" with:
      | field          | value                |
      | legality       | ok                   |
      | completeness   | ok                   |
      | accuracy       | issue                |
      | review_opinion | 单价与谈判纪要不一致 |
    Then the variable "passed" is false
    And the instance waits in "Task_revise" for "zhou.jie"
    And the document "contract_approval" contains "单价与谈判纪要不一致"
    When "zhou.jie" completes "Task_revise" with outcome "abandon" and comment "对方改变了主意" with:
      | field          | value              |
      | contract_title | 办公设备销售合同   |
      | contract_type  | sales              |
      | text_source    | own                |
      | owner          | zhang.wei          |
      | party_name     | 华星电子有限公司   |
      | party_code     | 91310000MA1FL0AB2X |
      | party_contact  | 陆涛               |
      | party_checked  | true               |
      | subject        | 办公设备及安装     |
      | quantity       | 40 套              |
      | quality        | 符合出厂标准       |
      | amount         | 86000              |
      | currency       | CNY                |
      | direction      | receive            |
      | payment_terms  | 交付后三十天内付清 |
      | start_on       | 2026-03-05         |
      | perform_by     | 2026-05-20         |
      | expires_on     | 2027-03-04         |
      | place          | 对方仓库           |
      | manner         | 送货上门           |
      | breach         | 迟延一天付千分之一 |
      | dispute        | 公司所在地法院     |
      | has_parties    | true               |
      | has_subject    | true               |
      | has_quantity   | true               |
      | has_quality    | true               |
      | has_price      | true               |
      | has_term       | true               |
      | has_place      | true               |
      | has_manner     | true               |
      | has_breach     | true               |
      | has_dispute    | true               |
      | files          | file:销售合同.pdf  |
      | seal           | contract_seal      |
      | copies         | 4                  |
    Then the instance is completed
    And the register "contract_ledger" shows:
      | no           | state  |
      | HT-2026-0001 | 已作废 |
    And the history verifies

  Scenario: 部门经理退回必须说明理由
    Then completing "Task_review" by "wang.jianhua" with outcome "return" is refused because "comment":
      | field        | value |
      | legality     | ok    |
      | completeness | issue |
      | accuracy     | ok    |
    When "wang.jianhua" completes "Task_review" with outcome "return" and comment "补写验收标准" with:
      | field        | value |
      | legality     | ok    |
      | completeness | issue |
      | accuracy     | ok    |
    Then the instance waits in "Task_revise" for "zhou.jie"
    And the document "contract_approval" contains "补写验收标准"

  Scenario: 对方文本要会审，外币按汇率折算
    When "zhou.jie" starts "contract" with:
      | field          | value              |
      | contract_title | 办公设备销售合同   |
      | contract_type  | sales              |
      | text_source    | counterparty       |
      | owner          | zhang.wei          |
      | party_name     | 华星电子有限公司   |
      | party_code     | 91310000MA1FL0AB2X |
      | party_contact  | 陆涛               |
      | party_checked  | true               |
      | subject        | 办公设备及安装     |
      | quantity       | 40 套              |
      | quality        | 符合出厂标准       |
      | amount         | 80000              |
      | currency       | USD                |
      | direction      | receive            |
      | payment_terms  | 交付后三十天内付清 |
      | start_on       | 2026-03-05         |
      | perform_by     | 2026-05-20         |
      | expires_on     | 2027-03-04         |
      | place          | 对方仓库           |
      | manner         | 送货上门           |
      | breach         | 迟延一天付千分之一 |
      | dispute        | 公司所在地法院     |
      | has_parties    | true               |
      | has_subject    | true               |
      | has_quantity   | true               |
      | has_quality    | true               |
      | has_price      | true               |
      | has_term       | true               |
      | has_place      | true               |
      | has_manner     | true               |
      | has_breach     | true               |
      | has_dispute    | true               |
      | files          | file:销售合同.pdf  |
      | seal           | contract_seal      |
      | copies         | 4                  |
      | exchange_rate  | 7.1                |
    Then the variable "grade_reasons" is [{grade: "major", reason: "含税金额达到 50 万元"}, {grade: "complex", reason: "没有采用示范文本，或者改动了示范文本的实质条款"}]
    When "wang.jianhua" completes "Task_review" with outcome "pass" with:
      | field        | value |
      | legality     | ok    |
      | completeness | ok    |
      | accuracy     | ok    |
    Then the instance waits in "Task_joint" for "xu.wen"
    And the instance waits in "Task_joint" for "tang.hui"
    And the register "contract_ledger" shows:
      | no           | grade | amount | foreign | currency | state |
      | HT-2026-0002 | 重大  | 568000 | 80000   | 美元     | 审批  |

  Scenario: 不到 50 万、正好 24 个月的示范合同不必会审，经理点名的部门仍要会审
    When "zhou.jie" starts "contract" with:
      | field          | value              |
      | contract_title | 办公设备销售合同   |
      | contract_type  | sales              |
      | text_source    | own                |
      | owner          | zhang.wei          |
      | party_name     | 华星电子有限公司   |
      | party_code     | 91310000MA1FL0AB2X |
      | party_contact  | 陆涛               |
      | party_checked  | true               |
      | subject        | 办公设备及安装     |
      | quantity       | 40 套              |
      | quality        | 符合出厂标准       |
      | amount         | 499999.99          |
      | currency       | CNY                |
      | direction      | receive            |
      | payment_terms  | 交付后三十天内付清 |
      | start_on       | 2026-04-01         |
      | perform_by     | 2026-05-20         |
      | expires_on     | 2028-03-31         |
      | place          | 对方仓库           |
      | manner         | 送货上门           |
      | breach         | 迟延一天付千分之一 |
      | dispute        | 公司所在地法院     |
      | has_parties    | true               |
      | has_subject    | true               |
      | has_quantity   | true               |
      | has_quality    | true               |
      | has_price      | true               |
      | has_term       | true               |
      | has_place      | true               |
      | has_manner     | true               |
      | has_breach     | true               |
      | has_dispute    | true               |
      | files          | file:销售合同.pdf  |
      | seal           | contract_seal      |
      | copies         | 4                  |
    Then the variable "grade_reasons" is []
    When "wang.jianhua" completes "Task_review" with outcome "pass" with:
      | field           | value        |
      | legality        | ok           |
      | completeness    | ok           |
      | accuracy        | ok           |
      | other_reviewers | =["finance"] |
    Then the instance waits in "Task_joint" for "tang.hui"
    When "tang.hui" completes "Task_joint" with outcome "agree" with:
      | field | value  |
      | risk  | 风险低 |
    Then the variable "passed" is true
    And the instance has called "seal_use"

  Scenario: 用印未获批准，修改后重新送审再盖章
    When "wang.jianhua" completes "Task_review" with outcome "pass" with:
      | field        | value |
      | legality     | ok    |
      | completeness | ok    |
      | accuracy     | ok    |
    Then the instance has called "seal_use"
    And in the called instance
    When "wang.jianhua" completes "Task_manager" with outcome "refused" and comment "附件缺技术协议"
    Then in the calling instance
    And the variable "seal_result" is "refused"
    And the instance waits in "Task_unsealed" for "zhou.jie"
    And the task "Task_unsealed" is due "2026-03-09 18:00"
    When the time is "2026-03-02 10:30"
    And "zhou.jie" completes "Task_unsealed" with outcome "revise"
    Then the instance waits in "Task_revise" for "zhou.jie"
    And the register "contract_ledger" shows:
      | no           | state |
      | HT-2026-0001 | 起草  |
    When "zhou.jie" completes "Task_revise" with outcome "resubmit" with:
      | field          | value                       |
      | contract_title | 办公设备销售合同            |
      | contract_type  | sales                       |
      | text_source    | own                         |
      | owner          | zhang.wei                   |
      | party_name     | 华星电子有限公司            |
      | party_code     | 91310000MA1FL0AB2X          |
      | party_contact  | 陆涛                        |
      | party_checked  | true                        |
      | subject        | 办公设备及安装              |
      | quantity       | 40 套                       |
      | quality        | 符合出厂标准                |
      | amount         | 86000                       |
      | currency       | CNY                         |
      | direction      | receive                     |
      | payment_terms  | 交付后三十天内付清          |
      | start_on       | 2026-03-05                  |
      | perform_by     | 2026-05-20                  |
      | expires_on     | 2027-03-04                  |
      | place          | 对方仓库                    |
      | manner         | 送货上门                    |
      | breach         | 迟延一天付千分之一          |
      | dispute        | 公司所在地法院              |
      | has_parties    | true                        |
      | has_subject    | true                        |
      | has_quantity   | true                        |
      | has_quality    | true                        |
      | has_price      | true                        |
      | has_term       | true                        |
      | has_place      | true                        |
      | has_manner     | true                        |
      | has_breach     | true                        |
      | has_dispute    | true                        |
      | files          | file:销售合同和技术协议.pdf |
      | seal           | contract_seal               |
      | copies         | 4                           |
    And "wang.jianhua" completes "Task_review" with outcome "pass" with:
      | field        | value |
      | legality     | ok    |
      | completeness | ok    |
      | accuracy     | ok    |
    Then the register "contract_ledger" shows:
      | no           | state |
      | HT-2026-0001 | 待签  |
    And the instance has called "seal_use"
    And in the called instance
    When "wang.jianhua" completes "Task_manager" with outcome "approve"
    And "gao.yun" completes "Task_check" with outcome "accept" with:
      | field      | value        |
      | check_note | 与审批表相符 |
    And "gao.yun" completes "Task_stamp" with outcome "record" with:
      | field         | value           |
      | stamped_now   | 4               |
      | stamped_files | file:盖章后.pdf |
    Then in the calling instance
    And the variable "seal_no" is "YY-2026-0002"
    And the instance waits in "Task_sign" for "zhou.jie"

  Scenario: 保管人拒绝用印，重新申请又撤回，不再签订
    When "wang.jianhua" completes "Task_review" with outcome "pass" with:
      | field        | value |
      | legality     | ok    |
      | completeness | ok    |
      | accuracy     | ok    |
    Then in the called instance
    When "wang.jianhua" completes "Task_manager" with outcome "approve"
    And "gao.yun" completes "Task_check" with outcome "refused" and comment "骑缝处有空白页" with:
      | field      | value      |
      | check_note | 第三页空白 |
    Then in the calling instance
    And the instance waits in "Task_unsealed" for "zhou.jie"
    When the time is "2026-03-02 11:00"
    And "zhou.jie" completes "Task_unsealed" with outcome "again"
    Then the instance has called "seal_use"
    And in the called instance
    When "wang.jianhua" completes "Task_manager" with outcome "return" and comment "份数不对"
    And "zhou.jie" completes "Task_revise" with outcome "withdrawn" with:
      | field  | value             |
      | title  | 办公设备销售合同  |
      | matter | contract          |
      | seal   | contract_seal     |
      | copies | 4                 |
      | files  | file:销售合同.pdf |
      | reason | 签订合同          |
    Then in the calling instance
    And the variable "seal_result" is "withdrawn"
    When "zhou.jie" completes "Task_unsealed" with outcome "abandon" and comment "对方不再合作"
    Then the instance is completed
    And the register "contract_ledger" shows:
      | no           | seal_no      | state    |
      | HT-2026-0001 | YY-2026-0002 | 不再签订 |

  Scenario: 审批中撤回
    When "zhou.jie" withdraws it
    Then the register "contract_ledger" shows:
      | no           | state  |
      | HT-2026-0001 | 已撤回 |
