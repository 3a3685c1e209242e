Feature: 印章移交
  A change of custodian is a record: list, approval, receipt, witness, and the role changed in time.

  Background:
    Given the demonstration company
    And the calendar of 2026
    And the time is "2026-03-02 09:00"

  Scenario: 更换保管人，清单更正一次后点收
    When "gao.yun" starts "seal_handover" with:
      | field          | value                              |
      | kind           | permanent                          |
      | effective_on   | 2026-03-05                         |
      | seals          | =["contract_seal","department_seal"] |
      | register_pages | 第 1 至 36 页                      |
      | receiver       | luo.min                            |
      | witness        | xu.wen                             |
      | reason         | 岗位调整                           |
    Then the variable "handover_no" is "YJ-2026-0001"
    And the instance waits in "Task_approve" for "dept_manager"
    When "wang.jianhua" completes "Task_approve" with outcome "approve"
    Then the instance waits in "Task_receive" for "luo.min"
    And "gao.yun" may not complete "Task_receive"
    When "luo.min" completes "Task_receive" with outcome "object" and comment "登记簿实为 38 页"
    Then the instance waits in "Task_correct" for "gao.yun"
    When "gao.yun" completes "Task_correct" with:
      | field          | value                              |
      | seals          | =["contract_seal","department_seal"] |
      | register_pages | 第 1 至 38 页                      |
    And "luo.min" completes "Task_receive" with outcome "received"
    Then the instance waits in "Task_witness" for "xu.wen"
    When "xu.wen" completes "Task_witness" with outcome "confirm"
    Then the instance waits in "Task_update" for "administrator"
    And the task "Task_update" is due "2026-03-05 18:00"
    When "admin" completes "Task_update" with:
      | field         | value |
      | roles_updated | true  |
    Then the instance is completed
    And the register "seal_handover_register" shows:
      | no           | seals                  | giver   | receiver | witness | state  |
      | YJ-2026-0001 | 合同专用章、业务专用章 | gao.yun | luo.min  | xu.wen  | 已移交 |
    And the document "seal_handover_form" contains "第 1 至 38 页"
    And the history verifies

  Scenario: 部门经理不批准
    When "gao.yun" starts "seal_handover" with:
      | field          | value             |
      | kind           | temporary         |
      | effective_on   | 2026-03-05        |
      | seals          | =["contract_seal"] |
      | register_pages | 第 1 至 36 页     |
      | receiver       | wang.jianhua      |
      | witness        | xu.wen            |
      | reason         | 休假              |
    And "wang.jianhua" completes "Task_approve" with outcome "reject" and comment "审批人不得兼管印章"
    Then the instance is completed
    And the register "seal_handover_register" shows:
      | no           | state  |
      | YJ-2026-0001 | 未批准 |
